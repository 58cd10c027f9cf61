import { routerFile } from "../change.ts";
import { no, unknown, yes } from "../condition.ts";
import { knows } from "../lineage.ts";
import type { StackPlan } from "../plan.ts";
import type { Live } from "../probe.ts";
import type { Probed } from "../probe-bounded.ts";
import type { Condition } from "../verdict.ts";
import type { RecoveryFacts } from "./facts.ts";
import type { Resolution } from "./resolution.ts";
import { recordedRelease } from "./tuple.ts";

/** Whether the data has the major version and the collations of the image that is to read it. */
export function versionCondition(
  { server }: RecoveryFacts,
  { postgres, material }: Resolution,
  image: Probed<string>,
): Condition {
  if (material.kind === "dump") return yes("version", "a dump is read by every later version");
  if ("unknown" in image) return unknown("version", `the image's could not be seen: ${image.unknown}`);
  if (postgres === null) return unknown("version", "the repository does not say which PostgreSQL wrote the backup");
  if (postgres !== image.value) {
    return no(
      "version",
      `expected data of PostgreSQL ${image.value}, which the image runs, got ${postgres}; restore a logical dump (targetBackup), or bring back the image of ${postgres}`,
    );
  }
  const changed = "value" in server ? server.value.collationsChanged : [];
  if (changed.length > 0) {
    const [name] = changed;
    return no(
      "version",
      `expected texts sorted by the collation that the server has, got another version in ${changed.join(", ")}; make its indexes anew: REINDEX DATABASE ${name}; ALTER DATABASE ${name} REFRESH COLLATION VERSION`,
    );
  }
  return yes("version", `PostgreSQL ${postgres}; the gate compares the collations`);
}

/**
 * Whether the active release accepts the schema that the data will have.
 * @param head null: nobody knows it
 * @param point what ran at that moment; undefined: nobody knows
 */
export function headCondition(plan: StackPlan, live: Live, head: string | null, point: Resolution["point"]): Condition {
  const { config, colors, database } = plan;
  const active = colors[config.activeColor];
  if (head === null)
    return unknown(
      "head",
      "nobody knows which schema the data has at that moment; the gate reads it; a backup point has it recorded",
    );
  const told = head || "its beginning";
  if (config.schemaVersion !== undefined && config.schemaVersion !== head) {
    return no(
      "head",
      `expected schemaVersion to be ${told}, which the data brings, got ${config.schemaVersion}; let it follow the data: pulumi config rm schemaVersion`,
    );
  }
  const known = !database || knows(database.lineage, head);
  if (known && (!active.accepts || active.accepts.accepts(head)))
    return yes("head", `${told}, which ${active.release ?? "the release"} accepts`);
  const range = active.accepts
    ? `${active.accepts.min || "its beginning"} to ${active.accepts.max || "its beginning"}`
    : "none";
  const way = point
    ? `what ran then: ${recordedRelease(plan, routerFile(live)?.pointer.color, point).join(" && ")}`
    : "choose a release that accepts it: pulumi config set --path colors.<color>.imageTag <release>";
  return no(
    "head",
    `expected a schema that ${active.release ?? "the release"} accepts (${range}), got ${told}; ${way}`,
  );
}
