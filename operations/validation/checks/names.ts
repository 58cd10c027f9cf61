import { exec } from "../../live/docker.ts";
import { type Check, judged, unknown } from "../check.ts";
import { asker, type Context, noAsker } from "../context.ts";

/** The names by which containers find each other, as Docker's own DNS answers in the stack's networks. */
export async function checkNames(context: Context): Promise<Check[]> {
  const { docker, expectation, containers } = context;
  const live = new Set(
    [...containers.values()].filter(({ running }) => running).flatMap(({ addresses }) => Object.values(addresses)),
  );
  const asked = Object.entries(expectation.names).map(
    ([name, addresses]) => [name, addresses.filter((address) => live.has(address))] as const,
  );
  const [there, dead] = [asked.filter(([, { length }]) => length > 0), asked.filter(([, { length }]) => length === 0)];
  const router = asker(context);
  if (router === undefined) return asked.map(([name]) => unknown(`name ${name}`, noAsker));
  const { stdout } = await exec(docker, router, ["sh", "-c", script, "names", ...there.map(([name]) => name)]);
  return [
    ...dead.map(([name]) => unknown(`name ${name}`, "nothing runs that has it")),
    ...there.map(([name, addresses]) => judgeName(name, addresses, stdout)),
  ];
}

const script = `for name; do echo "$name" $(getent ahostsv4 "$name" | cut -d' ' -f1 | sort -u); done`;

/** @param text lines `<name> <address> <address> …` */
export function judgeName(name: string, addresses: readonly string[], text: string): Check {
  const [, ...found] =
    text
      .split("\n")
      .map((line) => line.trim().split(" "))
      .find(([first]) => first === name) ?? [];
  const passed = found.length > 0 && found.every((address) => addresses.includes(address));
  const remedy =
    "another container has this name in a network of the stack, or Docker's DNS is down: see `docker network inspect`";
  return judged(passed, `name ${name}`, found.join(", ") || "not known", addresses.join(", "), remedy);
}
