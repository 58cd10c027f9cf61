import { type Check, fail, judged } from "../check.ts";
import type { Context } from "../context.ts";

/** Each network is there with its subnet, and every container that runs has its fixed address in it. */
export async function checkNetworks(context: Context): Promise<Check[]> {
  const { docker, stack, expectation, containers } = context;
  const found = await docker.listNetworks({ filters: { label: [`switchback.stack=${stack}`] } });
  const refresh = `\`switchback up --refresh --stack ${stack}\` makes it; then look again`;
  return expectation.networks.map(({ name, subnet }) => {
    const title = `network ${name}`;
    const network = found.find((one) => one.Name === name);
    if (!network) return fail(title, "there is none", subnet, refresh);
    const actual = network.IPAM?.Config?.[0]?.Subnet;
    if (actual !== subnet) return fail(title, actual ?? "no subnet", subnet, refresh);
    const members = expectation.containers.flatMap(({ name: container, addresses }) => {
      const live = containers.get(container);
      return addresses[name] !== undefined && live?.running
        ? [{ container, wanted: addresses[name], got: live.addresses[name] }]
        : [];
    });
    const wrong = members.filter(({ wanted, got }) => wanted !== got);
    const value = wrong
      .map(({ container, wanted, got }) => `${container} ${got ? `has ${got}, not ${wanted}` : "is not in it"}`)
      .join(", ");
    return judged(
      wrong.length === 0,
      title,
      value || `${members.length} containers`,
      `${subnet}, each container at its address`,
      wrong.map((member) => `\`${connecting(name, member, expectation.names)}\``).join(", "),
    );
  });
}

interface Member {
  readonly container: string;
  /** Addresses; undefined: it is not in the network. */
  readonly wanted: string;
  readonly got: string | undefined;
}

/** The command that puts a container where it belongs. No engine does: which networks a container is in is asked of no refresh. */
function connecting(
  network: string,
  { container, wanted, got }: Member,
  names: Readonly<Record<string, readonly string[]>>,
) {
  const aliases = Object.keys(names).filter((name) => names[name]!.includes(wanted));
  const options = [`--ip ${wanted}`, ...aliases.map((alias) => `--alias ${alias}`)].join(" ");
  const away = got ? `docker network disconnect ${network} ${container} && ` : "";
  return `${away}docker network connect ${options} ${network} ${container}`;
}
