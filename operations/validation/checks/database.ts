import { bounded } from "../../../stacks/probe-bounded.ts";
import { colors } from "../../../stacks/schema.ts";
import { connectDatabase, connectThroughPooler } from "../../database/connect.ts";
import { readFileIn } from "../../files/container-files.ts";
import { poolerName } from "../../pooler/state.ts";
import { type Check, fail, judged, ok, unknown } from "../check.ts";
import { type Context, isOpen, isRunning } from "../context.ts";
import { servingDatabase } from "../in-database.ts";

/** Of one connection and one query: a pause, or a server that stands still, would never end. */
const answerMilliseconds = 1500;

/** Whether the database that serves answers, is the one that is meant to, and each open color reaches it by the pooler. */
export async function checkDatabase(context: Context): Promise<Check[]> {
  const { database } = context.expectation;
  if (!database) return [];
  const checks = await checkDirect(context);
  for (const color of colors) checks.push(...(await checkPooler(context, color)));
  return checks;
}

async function checkDirect(context: Context): Promise<Check[]> {
  const { expectation, stack } = context;
  const name = "database";
  const serving = servingDatabase(context);
  if ("unknown" in serving) return [unknown(name, serving.unknown)];
  const { container } = serving;
  const expected = expectation.database!.container;
  const generation = judged(
    container === expected,
    "generation",
    container,
    expected,
    `\`switchback up --stack ${stack}\` finishes what was begun; \`switchback status\` tells of the generations`,
  );
  const found = await bounded(() => replays(context, container), answerMilliseconds);
  const logs = `\`docker logs ${container}\``;
  if ("unknown" in found)
    return [
      fail(name, found.unknown, "answers", `${logs}; docs/runbooks/database-failure.md says what to do`),
      generation,
    ];
  const value = found.value ? "in recovery" : "answers";
  return [judged(!found.value, name, value, "answers, not in recovery", `${logs} says how far it is`), generation];
}

async function replays({ docker, expectation }: Context, container: string): Promise<boolean> {
  const client = await connectDatabase(docker, { container, database: expectation.database!.name, user: "postgres" });
  try {
    return (await client.query<{ replays: boolean }>("select pg_is_in_recovery() as replays")).rows[0]!.replays;
  } finally {
    await client.end();
  }
}

/** With the URL that the color's own containers have, from beside the database. */
async function checkPooler(context: Context, color: (typeof colors)[number]): Promise<Check[]> {
  const { docker, expectation, stack, pooler } = context;
  const name = `pooler ${color}`;
  const service = expectation.services.find((one) => one.color === color && one.replicas.length > 0);
  if (!service) return [];
  if (!isRunning(context, poolerName(stack))) return [unknown(name, `${poolerName(stack)} does not run`)];
  const wanted = expectation.database!.open[color];
  if (!isOpen(context, color)) {
    const remedy = `\`switchback up --stack ${stack}\` opens it, where its release accepts the schema`;
    return [judged(!wanted, name, "closed", wanted ? "open" : "closed", remedy)];
  }
  if (pooler && "unknown" in pooler) return [unknown(name, pooler.unknown)];
  const serving = servingDatabase(context);
  if ("unknown" in serving) return [unknown(name, serving.unknown)];
  const url = await urlOf(context, color);
  if (url === undefined) return [];
  const found = await bounded(async () => {
    const client = await connectThroughPooler(docker, serving.container, url);
    await client.query("select 1").finally(() => client.end());
  }, answerMilliseconds);
  if ("value" in found) return [ok(name, "answers", "answers")];
  const resume = `\`docker exec ${poolerName(stack)} switchback-pooler resume\` ends a pause`;
  return [fail(name, found.unknown, "answers", `\`docker logs ${poolerName(stack)}\`; ${resume}`)];
}

async function urlOf({ docker, expectation }: Context, color: (typeof colors)[number]): Promise<string | undefined> {
  for (const { replicas } of expectation.services.filter((service) => service.color === color)) {
    const found = replicas[0] && (await readFileIn(docker, replicas[0].container, "/run/secrets/database-url"));
    if (found) return found.trim();
  }
  return undefined;
}
