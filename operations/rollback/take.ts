import { existsSync } from "node:fs";
import type Docker from "dockerode";
import { type Capture, capture, captureFolder } from "../capture/capture.ts";

/** For what a capture is taken, and where that is told. */
export interface Taking {
  readonly docker: Docker;
  readonly stack: string;
  readonly reason: string;
  readonly actor: string;
  readonly log: (line: string) => void;
}

/** Captures how things are. It may fail: what is wrong with the system must not stop the way back. */
export async function takeCapture({ docker, stack, reason, actor, log }: Taking): Promise<Capture | undefined> {
  const folder = captureFolder(stack);
  if (existsSync(folder)) return undefined;
  try {
    const taken = await capture(docker, stack, folder, { reason, actor, operation: "rollback" });
    log(`captured ${taken.files} files in ${folder}`);
    for (const one of taken.left) log(`  without ${one}`);
    return taken;
  } catch (error) {
    log(`nothing was captured: ${(error as Error).message}`);
    return undefined;
  }
}
