import { type Check, fail, judged, ok } from "../check.ts";
import { type Context, type FoundContainer, servingColors, wayOut } from "../context.ts";
import type { ExpectedContainer } from "../expectation.ts";

/** Every container that is to be there runs, is healthy where its engine checks that, and was made from what is wanted. */
export async function checkContainers(context: Context): Promise<Check[]> {
  const { containers, expectation } = context;
  const keepers = [...containers].filter(([, { labels }]) => labels["switchback.role"] === "keeper");
  return [
    ...expectation.containers.map((expected) => judgeContainer(context, expected, containers.get(expected.name))),
    judgeKeepers(keepers),
  ];
}

function judgeContainer(context: Context, expected: ExpectedContainer, found: FoundContainer | undefined): Check {
  const name = `container ${expected.name}`;
  const threshold = "running, healthy";
  const up = `\`switchback up --stack ${context.stack}\``;
  const { color } = expected;
  const away = color && servingColors(context).includes(color) ? wayOut(context, color) : "";
  const logs = `\`docker logs ${expected.name}\` says why`;
  if (!found) return fail(name, "there is none", threshold, `${up} makes it${away}`);
  if (/^Restarting/.test(found.status)) return fail(name, found.status, threshold, `${logs}${away}`);
  if (!found.running)
    return fail(name, found.status, threshold, `\`docker start ${expected.name}\`; when it ends again, ${logs}${away}`);
  if (/\(unhealthy\)/.test(found.status)) return fail(name, found.status, threshold, `${logs}${away}`);
  const spec = found.labels["switchback.spec"];
  if (expected.spec !== undefined && spec !== expected.spec)
    return fail(name, `made from another spec (${spec ?? "none"})`, expected.spec, `${up} makes it anew`);
  return ok(name, found.status, threshold);
}

function judgeKeepers(keepers: readonly [string, FoundContainer][]): Check {
  const stopped = keepers.filter(([, { running }]) => !running).map(([name]) => name);
  return judged(
    stopped.length === 0,
    "keepers",
    stopped.length === 0 ? `${keepers.length} run` : `stopped: ${stopped.join(", ")}`,
    "each keeper of a volume runs, so that no prune takes it",
    `\`docker start ${stopped.join(" ")}\``,
  );
}
