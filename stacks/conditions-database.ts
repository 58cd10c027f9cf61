import type { Loss } from "../operations/migrations/losses.ts";
import { changeOf, routerFile } from "./change.ts";
import { no, unknown, yes } from "./condition.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { allowanceFor, allowsLoss } from "./lineage/allowance.ts";
import { knows } from "./lineage.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import type { Probed } from "./probe-bounded.ts";
import type { LiveDatabase } from "./probe-database.ts";
import type { SchemaChange } from "./schema-change.ts";
import type { Condition } from "./verdict.ts";

/** Conditions of a stack that has a database. `losses`: what the way back loses, where there is one. */
export function databaseConditions(
  plan: StackPlan,
  live: Live,
  change: SchemaChange,
  losses: Probed<readonly Loss[]> | undefined,
): Condition[] {
  const { database } = plan;
  if (!database || !live.database) return [];
  const moves = change.direction !== "none";
  return [
    databaseCondition(live.database, change),
    poolerCondition(live.database),
    schemaCondition(plan, change),
    ...(change.closes.length > 0 ? [closingCondition(plan, live, change)] : []),
    ...(change.direction === "down" ? [lossCondition(plan, live.database, change, losses)] : []),
    ...(moves && change.live !== "" ? [backupCondition(database, live.database)] : []),
  ];
}

function databaseCondition({ database }: LiveDatabase, change: SchemaChange): Condition {
  const standIn =
    change.live === undefined
      ? "nobody recorded its schema"
      : `the head recorded last, ${named(change.live)}, stands in for it`;
  if ("unknown" in database) return dead(database.unknown);
  const { value } = database;
  if (!value.reachable) {
    if (value.absent || change.live === "") return yes("database", "made by this run");
    return dead(value.reason);
  }
  return yes("database", value.inRecovery ? "it answers, and is in recovery" : "it answers");

  function dead(reason: string): Condition {
    // A level 1 switch touches no schema, so that a dead database must not stop it.
    const detail = `it does not answer (${reason}); ${standIn}`;
    return change.direction === "none" && change.live !== undefined
      ? yes("database", detail)
      : no("database", `${detail}; the schema cannot move: start it first, docker start <stack>-database-…`);
  }
}

function poolerCondition({ pooler }: LiveDatabase): Condition {
  if ("unknown" in pooler) return unknown("pooler", `its marker could not be read: ${pooler.unknown}`);
  const { value } = pooler;
  if (value.kind === "absent") return yes("pooler", "made by this run");
  if (value.kind === "unreadable") return unknown("pooler", `its marker could not be read: ${value.reason}`);
  const since = value.file?.pending?.since;
  return yes(
    "pooler",
    since ? `a change begun at ${since} was not finished; this run settles it` : "its marker is whole",
  );
}

function schemaCondition({ config, colors }: StackPlan, change: SchemaChange): Condition {
  const active = colors[config.activeColor];
  const { live, head, lineage, direction, migrations, problems, unnamed } = change;
  if (problems.length > 0) return no("schema", problems.join("; "));
  if (live === undefined) return unknown("schema", `nobody knows its head; ${named(head)} is what is wanted`);
  if (!knows(lineage, live)) {
    return no(
      "schema",
      `expected a head that the migrations have, got ${live}; deploy the release that brought it, or add its file`,
    );
  }
  if (active.accepts && !active.accepts.accepts(head)) {
    const { min, max } = active.accepts;
    return no(
      "schema",
      `expected a head that ${active.release} accepts (${named(min)} to ${named(max)}), got schemaVersion ${head}; let it follow the release (level 2): pulumi config rm schemaVersion`,
    );
  }
  if (unnamed.length > 0) {
    return no(
      "schema",
      `expected schemaVersion to name the contract ${unnamed.map(({ name }) => name).join(", ")}, on the way from ${named(live)} to ${head}; pulumi config set schemaVersion ${head}`,
    );
  }
  const stuck = direction === "down" ? migrations.find(({ down }) => down === "irreversible") : undefined;
  if (stuck) {
    return no(
      "schema",
      `expected a way back over ${stuck.name}, got irreversible; only level 3 goes back: restore a backup point from before it (targetBackup)`,
    );
  }
  if (direction === "none") return yes("schema", `stays at ${named(head)}, which ${active.release} accepts`);
  const steps = migrations.map(({ name, kind, down }) => `${name} (${direction === "up" ? kind : down})`);
  return yes("schema", `${named(live)} -> ${named(head)}, ${direction}: ${steps.join(", ")}`);
}

function closingCondition(plan: StackPlan, live: Live, { closes, head, goesBack }: SchemaChange): Condition {
  const { config, colors } = plan;
  const { from, to } = changeOf(plan, live);
  const left = from !== to ? from : undefined;
  const pointer = routerFile(live)?.pointer;
  // Nobody relies on a color yet whose release is new, nor on what an unfinished change or first deployment has opened.
  const fresh = closes.filter(
    (color) => color !== from && pointer?.releases[color] !== (colors[color].release ?? null),
  );
  const allowed = from === undefined || goesBack ? closes : [left, ...fresh, ...config.allowClosing];
  const foreign = closes.filter((color) => !allowed.includes(color));
  const described = closes.map((color) => `${color} ${colors[color].release}`).join(" and ");
  const way = `it opens again when the schema is one that it accepts`;
  if (foreign.length === 0)
    return yes("closing", `${described} does not accept ${named(head)} and loses the database; ${way}`);
  return no(
    "closing",
    `expected both colors to accept ${named(head)}, got ${described}, which would lose the database; allow it: ${foreign
      .map((color, index) => `pulumi config set --path 'allowClosing[${index}]' ${color}`)
      .join(" && ")}`,
  );
}

function lossCondition(
  { config }: StackPlan,
  { schema }: LiveDatabase,
  { migrations, goesBack }: SchemaChange,
  losses: Probed<readonly Loss[]> | undefined,
): Condition {
  if (!losses || !migrations.some(({ down }) => down === "lossy")) return yes("dataLoss", "nothing is lost");
  if ("unknown" in losses)
    return unknown(
      "dataLoss",
      `what is lost could not be counted (${losses.unknown}); it is counted again when it runs`,
    );
  const used = "value" in schema ? schema.value.usedAllowances : {};
  const lost = losses.value.filter(({ values }) => values > 0);
  if (lost.length === 0) return yes("dataLoss", "no value is lost");
  const told = lost.map(({ column, values }) => `${values} values of ${column}`).join(", ");
  if (goesBack)
    return yes("dataLoss", `${told} go with the change that was not finished, and are kept in switchback_kept`);
  const missing = migrations.flatMap(({ id }) => {
    const values = lost.filter(({ migration }) => migration === id).reduce((sum, loss) => sum + loss.values, 0);
    if (allowsLoss(config.allowDataLoss[id], used[id], values)) return [];
    return [`pulumi config set --path allowDataLoss.${id} ${allowanceFor(values, used[id])}`];
  });
  if (missing.length === 0) return yes("dataLoss", `${told} go, as allowed, and are kept in switchback_kept`);
  return no("dataLoss", `expected nothing to be lost, got ${told}; to allow it: ${missing.join(" && ")}`);
}

function backupCondition({ config }: DatabasePlan, { database }: LiveDatabase): Condition {
  const limit = config.backup.maxAgeHours;
  if ("unknown" in database || !database.value.reachable) return unknown("backup", "the database does not answer");
  const { base, baseAgeHours, archive } = database.value;
  if (archive.gap) {
    return no(
      "backup",
      `expected every archived WAL segment in the repository, got a gap after ${archive.repository ?? "nothing"}; take a new base: docker exec <stack>-database-… pgbackrest --stanza=… --type=full backup`,
    );
  }
  if (!base || baseAgeHours === null)
    return no("backup", "expected a base to take a safety backup on, got none; run `up` without the change first");
  if (baseAgeHours > limit) {
    return no(
      "backup",
      `expected a base of at most ${limit} h, got one of ${baseAgeHours.toFixed(1)} h (${base.label}); take a new one, or raise database.backup.maxAgeHours`,
    );
  }
  return yes("backup", `a safety backup is taken first, on the base ${base.label} of ${baseAgeHours.toFixed(1)} h`);
}

const named = (head: string) => head || "its beginning";
