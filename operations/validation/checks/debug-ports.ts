import { type Check, judged, unknown } from "../check.ts";
import { type Context, isRunning } from "../context.ts";
import { type Reached, reachFrom } from "../reach.ts";

const seconds = 2;

/** The declared ports of debuggers, asked inside the network of each container, so that one on its loopback is reached too. */
export async function checkDebugPorts(context: Context): Promise<Check[]> {
  const declared = context.expectation.services.flatMap(({ debugPorts, replicas }) =>
    Object.keys(debugPorts).length === 0
      ? []
      : replicas.map(({ container }) => ({ container, ports: Object.entries(debugPorts) })),
  );
  const checks = declared.map(async ({ container, ports }): Promise<Check[]> => {
    const names = ports.map(([name]) => `debug port ${container} ${name}`);
    if (!isRunning(context, container)) return names.map((name) => unknown(name, "it does not run"));
    const reaches = ports.map(([, { port, send, expect }]) => ({
      host: "127.0.0.1",
      port,
      send,
      reads: expect !== undefined,
    }));
    try {
      const found = await reachFrom(
        context.docker,
        context.stack,
        `container:${context.containers.get(container)!.id}`,
        reaches,
        seconds,
      );
      return ports.map(([, { port, expect }], at) =>
        judgeExchange(
          names[at]!,
          found[at]!,
          expect,
          `start its debugger on port ${port}, or remove it from validation.services`,
        ),
      );
    } catch (error) {
      return names.map((name) => unknown(name, (error as Error).message));
    }
  });
  return (await Promise.all(checks)).flat();
}

/** Connected, and answered with the text that is expected. */
export function judgeExchange(
  name: string,
  { reached, answer, error, milliseconds }: Reached,
  expect: string | undefined,
  remedy: string,
): Check {
  const threshold = expect === undefined ? "connected" : `answers with ${JSON.stringify(expect)}`;
  if (!reached) return judged(false, name, error, threshold, remedy);
  const passed = expect === undefined || answer.includes(expect);
  return judged(
    passed,
    name,
    passed ? `${milliseconds} ms` : `answered ${JSON.stringify(answer.slice(0, 60))}`,
    threshold,
    remedy,
  );
}
