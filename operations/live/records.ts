import type Docker from "dockerode";
import { type ExecResult, exec, execOk } from "./docker.ts";
import { ensureKeeper } from "./keeper.ts";

/** Container and volume that hold the catalogue of a stack. */
export const recordsName = (stack: string): string => `${stack}-records`;

/** Makes sure that the catalogue's volume and its keeper are there. */
export const ensureRecords = (docker: Docker, stack: string): Promise<void> =>
  ensureKeeper(docker, { name: recordsName(stack), stack, path: "/records" });

/** Runs a shell script in the keeper of the records, under one guard, so that each script is atomic against the others. */
export const inRecords = (
  docker: Docker,
  stack: string,
  script: string,
  args: readonly string[],
  stdin?: string,
): Promise<ExecResult> =>
  exec(
    docker,
    recordsName(stack),
    ["sh", "-euc", `cd /records; exec 9>guard; flock 9; ${script}`, "records", ...args],
    stdin,
  );

/** The text of a file of the catalogue, or undefined when it, or the catalogue, is not there. */
export async function readRecord(docker: Docker, stack: string, file: string): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await exec(docker, recordsName(stack), ["cat", `/records/${file}`]);
    return exitCode === 0 ? stdout : undefined;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

/** What the lines of one run have in common: the token of the live lock that it holds. */
export const readRunId = (docker: Docker, stack: string): Promise<string | undefined> =>
  readRecord(docker, stack, "lock/token");

/** Replaces a file of the catalogue: written beside it, flushed to the disk, then renamed. */
export async function writeRecord(docker: Docker, stack: string, file: string, text: string): Promise<void> {
  const script = `cat > "$1.new"; sync "$1.new"; mv "$1.new" "$1"; sync .`;
  await execOk(docker, recordsName(stack), ["sh", "-euc", `cd /records; ${script}`, "records", file], text);
}
