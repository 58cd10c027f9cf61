import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { docker, type TestStack } from "./stack.ts";

/** Every secret that a text has, in clear or as JSON, URL or base64 would write it. */
export const leaked = (text: string, secrets: readonly string[]): string[] =>
  secrets.filter((secret) =>
    [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
    ].some((form) => text.includes(form)),
  );

/** The names of a stack's containers, those that stand still included. */
export const containersOf = async ({ stack }: TestStack): Promise<string[]> =>
  (await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } })).map(({ Names }) =>
    Names[0]!.slice(1),
  );

/** What anyone on the Docker host sees of a container: `docker inspect`, process arguments, its log. */
export async function seenOf(name: string): Promise<string> {
  const container = docker.getContainer(name);
  const inspected = await container.inspect();
  const processes = inspected.State.Running ? await container.top({ ps_args: "-eo pid,args" }) : {};
  const log = execFileSync("sh", ["-c", `docker logs "${name}" 2>&1`], { encoding: "latin1", maxBuffer: 2 ** 28 });
  return [JSON.stringify(inspected), JSON.stringify(processes), log].join("\n");
}

/** Files of the project that an engine writes, its state, history and lock among them, and the stack file. */
export const filesOf = ({ dir, configFile }: TestStack): string[] => [
  ...readdirSync(path.join(dir, ".switchback"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name)),
  configFile,
];

/** Where a stack shows secrets in clear: containers as the Docker host sees them, and files; empty: nowhere. */
export async function leaksOf(stack: TestStack, secrets: readonly string[]): Promise<string[]> {
  const files = filesOf(stack).filter((file) => leaked(readFileSync(file, "latin1"), secrets).length > 0);
  const names = await containersOf(stack);
  const seen = await Promise.all(names.map(async (name) => [name, await seenOf(name)] as const));
  return [...files, ...seen.flatMap(([name, text]) => leaked(text, secrets).map((secret) => `${name}: ${secret}`))];
}
