import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import path from "node:path";
import { parse, stringify } from "yaml";
import { initStack } from "../moves.ts";
import { makeProject, type Project, repository } from "../project.ts";

export interface OwnStack {
  readonly project: Project;
  readonly url: string;
  /** Makes the stack and gives it a secret of its own for the database. */
  init(): Promise<void>;
}

/** A stack like `staging`, under a name, port and subnet of its own, so that it disturbs nobody. Nothing is up yet. */
export async function ownStack(prefix: string): Promise<OwnStack> {
  const stack = `${prefix}-${randomBytes(3).toString("hex")}`;
  const port = await freePort();
  const file = parse(readFileSync(path.join(repository, "Pulumi.staging.yaml"), "utf8")) as StackFile;
  file.config["switchback:router"].port = port;
  file.config["switchback:network"].subnet = `10.${randomInt(200, 250)}.${4 * randomInt(0, 64)}.0/22`;
  const project = makeProject({ stack, configYaml: stringify(file) });
  return { project, url: `http://127.0.0.1:${port}`, init: () => initStack(project) };
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

interface StackFile {
  config: { "switchback:router": { port: number }; "switchback:network": { subnet: string } };
}
