import { type Check, judged, unknown } from "../check.ts";
import { type Context, servingServices } from "../context.ts";
import { reachFrom } from "../reach.ts";

const seconds = 2;

/** What services declare to need from outside, reached by name from their own network. */
export async function checkEgress(context: Context): Promise<Check[]> {
  const declared = servingServices(context).flatMap(({ network, egress }) =>
    egress.map((target) => ({ network, target })),
  );
  const networks = [...new Set(declared.map(({ network }) => network))];
  const checks = networks.map(async (network): Promise<Check[]> => {
    const targets = [...new Set(declared.filter((one) => one.network === network).map(({ target }) => target))];
    const names = targets.map((target) => `egress ${network} ${target}`);
    const reaches = targets.map((target) => {
      const [host = "", port] = target.split(":");
      return { host, port: Number(port), reads: false };
    });
    try {
      const found = await reachFrom(context.docker, context.stack, network, reaches, seconds);
      return found.map(({ reached, error, milliseconds }, at) =>
        judged(
          reached,
          names[at]!,
          reached ? `${milliseconds} ms` : error,
          "connected",
          `a firewall, DNS or the other side: try it from the Docker host`,
        ),
      );
    } catch (error) {
      return names.map((name) => unknown(name, (error as Error).message));
    }
  });
  return (await Promise.all(checks)).flat();
}
