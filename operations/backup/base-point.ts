import type Docker from "dockerode";
import { exec } from "../live/docker.ts";

/** Longest time that is waited for one, in s: its checkpoint writes what is not on the disk yet. */
const waitSeconds = 30;

export interface TakingBasePoint {
  /** Container of the generation, which runs. */
  readonly container: string;
  /** How many are kept; 0: none is taken. */
  readonly keep: number;
  /** `safety`: one more. `first`: only where there is none. */
  readonly reason: "safety" | "first";
}

/**
 * Takes a base point, from which a restore is a clone, where the filesystem of the volume can share blocks. It never throws:
 * a restore without it takes longer, and that is all.
 * @returns its name; null: there is none
 */
export async function takeBasePoint(
  docker: Docker,
  { container, keep, reason }: TakingBasePoint,
  log: (line: string) => void,
): Promise<string | null> {
  if (keep === 0) return null;
  const asked = reason === "first" ? ["first", `${keep}`] : ["take", `${keep}`, reason];
  const argv = ["timeout", `${waitSeconds}`, "switchback-base-point", ...asked];
  try {
    const { exitCode, stdout, stderr } = await exec(docker, container, argv);
    if (exitCode === 124) throw new Error(`it was not there within ${waitSeconds} s`);
    if (exitCode !== 0)
      throw new Error(
        stderr
          .trim()
          .replace(/\s*\n\s*/g, " | ")
          .slice(-400) || `exit ${exitCode}`,
      );
    const answer = JSON.parse(stdout) as { readonly name?: string; readonly refused?: string };
    if (answer.name === undefined) return null;
    log(`base point ${answer.name}`);
    return answer.name;
  } catch (error) {
    log(`no base point could be taken, so that a restore copies a backup: ${(error as Error).message}`);
    return null;
  }
}
