import type Docker from "dockerode";
import { type OneShotOutput, removeOneShot, runOneShot } from "../live/one-shot.ts";

export interface ToolCall {
  readonly stack: string;
  /** What it is for; one container per purpose and stack runs at a time. */
  readonly purpose: string;
  /** Image to run it in. */
  readonly image: string;
  readonly network: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Path to content; readable by the image's own user. */
  readonly secrets: Readonly<Record<string, string>>;
}

export type ToolOutput = OneShotOutput;

const role = "migration";

/**
 * Runs a tool in a container of its own, which is removed.
 * @throws when the container cannot be made, such as without its image; a non-zero exit is returned, not thrown
 */
export function runTool(docker: Docker, { purpose, secrets, ...call }: ToolCall): Promise<ToolOutput> {
  const name = `${call.stack}-migration-${purpose}`;
  return runOneShot(docker, { ...call, name, role, files: secrets });
}

/** Ends what an operation that died left running, whatever it was for. */
export async function removeTools(docker: Docker, stack: string): Promise<void> {
  const filters = { label: [`switchback.stack=${stack}`, `switchback.role=${role}`] };
  const found = await docker.listContainers({ all: true, filters });
  await Promise.all(found.map(({ Id }) => removeOneShot(docker, Id)));
}
