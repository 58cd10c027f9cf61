import { type Check, fail, judged } from "../check.ts";
import type { Context } from "../context.ts";

/** Each network is there with its subnet, and every container that runs has its fixed address in it. */
export async function checkNetworks(context: Context): Promise<Check[]> {
  const { docker, stack, expectation, containers } = context;
  const found = await docker.listNetworks({ filters: { label: [`switchback.stack=${stack}`] } });
  const remedy = `\`switchback up --stack ${stack}\` puts each container where it belongs`;
  return expectation.networks.map(({ name, subnet }) => {
    const title = `network ${name}`;
    const network = found.find((one) => one.Name === name);
    if (!network) return fail(title, "there is none", subnet, remedy);
    const actual = network.IPAM?.Config?.[0]?.Subnet;
    if (actual !== subnet) return fail(title, actual ?? "no subnet", subnet, remedy);
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
      remedy,
    );
  });
}
