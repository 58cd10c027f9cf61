import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** File of the records that has the engine's state as the last command that succeeded left it, as `stack import` takes it. */
const file = "state.json";

/**
 * Keeps the engine's state beside the stack that it is of, so that it can be brought back when it is lost. Its secrets are
 * encrypted in it. A stack without records, such as one that was never up, keeps nothing. After a failure nothing is kept
 * either: an `up` with a lost state, which fails, must not take the place of what can bring it back.
 */
export async function keepState(stack: string, exported: string | undefined): Promise<void> {
  if (exported === undefined) return;
  try {
    const [{ connect }, { recordsName, writeRecord }] = await Promise.all([
      import("../operations/live/docker.ts"),
      import("../operations/live/records.ts"),
    ]);
    const docker = connect();
    const records = await docker
      .getContainer(recordsName(stack))
      .inspect()
      .catch(() => undefined);
    if (records) await writeRecord(docker, stack, file, `${exported.trim()}\n`);
  } catch (error) {
    console.error(`switchback: the state was not kept in the stack's records: ${(error as Error).message}`);
  }
}

export const isFolder = (backend: string): boolean => backend.startsWith("file://");

/** A stack's state in a backend of the CLI that is a folder, as `stack export` gives it; undefined: it keeps it elsewhere. */
export function stateInFolder(backend: string, project: string, stack: string): string | undefined {
  if (!isFolder(backend)) return undefined;
  const folder = backend.slice("file://".length).replace(/^~/, homedir());
  const path = join(folder, ".pulumi", "stacks", project, `${stack}.json`);
  const text = existsSync(path)
    ? readFileSync(path, "utf8")
    : existsSync(`${path}.gz`)
      ? gunzipSync(readFileSync(`${path}.gz`)).toString()
      : undefined;
  if (text === undefined) return undefined;
  const { version, features, checkpoint } = JSON.parse(text);
  return JSON.stringify({ version, ...(features && { features }), deployment: checkpoint?.latest ?? {} });
}
