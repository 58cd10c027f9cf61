import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { exec } from "../live/docker.ts";
import type { Pointer, RouterFile, RouterGoal } from "./goal.ts";
import type { RouterStatus } from "./state.ts";

/** What the router answers after a write that it has read back. */
export interface Written {
  readonly file: RouterFile;
  /** The pointer that acts now. */
  readonly acting: Pointer;
  readonly status: RouterStatus;
  readonly configHash: string | null;
  /** When nginx took the pointer: unix time in ms, by the clock of the Docker host. */
  readonly at: number;
}

export type WriteRequest =
  /** An operation begins: what it wants, and the targets that break-glass may choose; unset: the same as before. */
  | { op: "pend"; epoch: string; goal: string; pointer: Pointer; targets?: { colors: RouterGoal["colors"] } }
  | { op: "point"; epoch: string; pointer: Pointer }
  | { op: "commit"; epoch: string; goal: string; pointer: Pointer }
  /** A lease: requests wait for so many seconds at most, then go where `then` says. Again, it only changes the lease. */
  | { op: "hold"; epoch: string; seconds: number; then: ColorName | "maintenance" }
  /** Ends a hold: the requests go on to the color that acts. */
  | { op: "release"; epoch: string }
  /** The old state is back: goal and epoch stay. */
  | { op: "clear"; epoch: string };

/** nginx may still be starting in a container just made. */
const startMilliseconds = 10_000;

/**
 * Writes router.json and nginx's memory through the router's single writer: file first, then memory, both read back.
 * @throws when another operation has begun since, an override stands, or nginx does not take it
 */
export async function write(docker: Docker, router: string, request: WriteRequest): Promise<Written> {
  const line = `${JSON.stringify(request)}\n`;
  const { exitCode, stdout, stderr } = await exec(docker, router, ["switchback-state"], line).catch((error) => {
    if (error.statusCode !== 404) throw error;
    throw new Error(`expected the container ${router}, got none; run \`up\` with --refresh`);
  });
  if (exitCode === 0) return JSON.parse(stdout) as Written;
  throw new WriteError(stderr.trim() || `switchback-state ended with exit ${exitCode}`, exitCode === 4);
}

/** Like {@link write}, for the first effect of an operation: waits until the router's nginx answers. */
export async function firstWrite(docker: Docker, router: string, request: WriteRequest): Promise<Written> {
  const end = Date.now() + startMilliseconds;
  for (;;) {
    try {
      return await write(docker, router, request);
    } catch (error) {
      const starting = error instanceof WriteError ? error.unanswered : isNotRunning(error);
      if (!starting || Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A write that the router refused, or that nginx did not take. */
export class WriteError extends Error {
  readonly unanswered: boolean;

  constructor(message: string, unanswered: boolean) {
    super(message);
    this.unanswered = unanswered;
  }
}

const isNotRunning = (error: unknown) => (error as { statusCode?: number }).statusCode === 409;
