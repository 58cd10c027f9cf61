import { bounded } from "../../../stacks/probe-bounded.ts";
import { readBackupMarker } from "../../backup/catalogue.ts";
import { readCatalogue } from "../../generations/catalogue.ts";
import { readIsolation } from "../../isolation/record.ts";
import { readSchema } from "../../migrations/schema-state.ts";
import { type Check, fail, judged, ok, unknown } from "../check.ts";
import { asker, type Context, noAsker } from "../context.ts";
import { inDatabase } from "../in-database.ts";

type Pending = { readonly since: string } | null | undefined;

/** The marker of each operation: whole, and nothing under way. */
export async function checkMarkers(context: Context): Promise<Check[]> {
  const { docker, stack, expectation } = context;
  const record = async (name: string, read: () => Promise<Pending>): Promise<Check[]> => {
    const found = await bounded(read);
    return "value" in found ? [judgePending(context, name, found.value)] : [unknown(name, found.unknown)];
  };
  const parts = await Promise.all([
    routerMarker(context),
    ...(expectation.database
      ? [
          poolerMarker(context),
          record("marker of the generations", async () => (await readCatalogue(docker, stack))?.marker.pending),
          record("marker of the safety backup", async () => (await readBackupMarker(docker, stack))?.pending),
          inDatabase(context, ["marker of the schema"], async (client) => [
            judgePending(context, "marker of the schema", (await readSchema(client)).marker?.pending),
          ]),
        ]
      : []),
    isolation(context),
  ]);
  return parts.flat();
}

const finishes = (stack: string) =>
  `\`switchback up --stack ${stack}\` finishes it, with the same config or with the old one`;

function judgePending({ stack }: Context, name: string, pending: Pending): Check {
  const value = pending ? `a change begun at ${pending.since} was not finished` : "nothing pending";
  return judged(!pending, name, value, "nothing pending", finishes(stack));
}

function routerMarker(context: Context): Check[] {
  const name = "marker of the router";
  const { router, stack } = context;
  if (asker(context) === undefined) return [unknown(name, noAsker)];
  if ("unknown" in router) return [unknown(name, router.unknown)];
  if (router.value.kind !== "read")
    return [unknown(name, router.value.kind === "absent" ? "there is none" : router.value.reason)];
  const { file } = router.value;
  if (!file)
    return [
      fail(
        name,
        "router.json is missing or broken",
        "whole",
        `${finishes(stack)}; until then a restart means maintenance`,
      ),
    ];
  return [judgePending(context, name, file.marker?.pending)];
}

function poolerMarker(context: Context): Check[] {
  const name = "marker of the pooler";
  const { pooler, stack } = context;
  if (!pooler || "unknown" in pooler) return [unknown(name, pooler?.unknown ?? "there is none")];
  if (pooler.value.kind !== "read")
    return [unknown(name, pooler.value.kind === "absent" ? "there is none" : pooler.value.reason)];
  const { file, acting } = pooler.value;
  if (!file) return [fail(name, "pooler.json is missing or broken", "whole", finishes(stack))];
  if (acting.pause)
    return [
      fail(
        name,
        `paused since ${acting.pause.since}`,
        "no pause",
        `\`docker exec ${stack}-pooler switchback-pooler resume\``,
      ),
    ];
  return [judgePending(context, name, file.pending)];
}

async function isolation({ docker, stack, expectation }: Context): Promise<Check[]> {
  if (expectation.goal.pointer.mode === "isolate") return [];
  const found = await bounded(() => readIsolation(docker, stack));
  if ("unknown" in found) return [unknown("isolation", found.unknown)];
  const record = found.value;
  if (!record || record.ended) return [ok("isolation", "none")];
  return [
    fail("isolation", `since ${record.since}, by ${record.actor}`, "none", "docs/runbooks tell how an isolation ends"),
  ];
}
