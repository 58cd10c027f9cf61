import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { exec } from "../live/docker.ts";

/** The content of pooler.json. Times are RFC 3339, by the clock of the Docker host. */
export interface PoolerFile {
  /** Generation to which all entries point, and its address. */
  readonly generation: string;
  readonly address: string;
  /** A closed color has no entry in what PgBouncer starts from, and is disabled and cut now. */
  readonly open: Readonly<Record<ColorName, boolean>>;
  /** A lease: the color has no database until `until` (unix time, in ms); then a watcher in the container does `then`. */
  readonly fence: {
    readonly color: ColorName;
    readonly until: number;
    readonly then: "open" | "closed";
    readonly since: string;
  } | null;
  /** A lease: queries wait until `until` (unix time, in ms). `refused`: PgBouncer was killed in it, and refuses instead. */
  readonly pause: { readonly until: number; readonly since: string; readonly refused?: boolean } | null;
  /** Of the last operation that finished. */
  readonly marker: { readonly epoch: string; readonly goal: string } | null;
  /** The operation under way, or one that died. */
  readonly pending: { readonly epoch: string; readonly goal: string; readonly since: string } | null;
}

/** An entry as PgBouncer has it now. */
export interface PoolerEntry {
  readonly name: string;
  readonly disabled: boolean;
  readonly paused: boolean;
  /** Client connections. */
  readonly connections: number;
}

export type PoolerState =
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string }
  | {
      readonly kind: "read";
      /** `null`: missing or broken, which opens nothing after a restart. */
      readonly file: PoolerFile | null;
      /** What the file means now: a fenced color is not open, and a lease that ran out has become what it names. */
      readonly acting: Pick<PoolerFile, "open" | "fence" | "pause">;
      readonly entries: readonly PoolerEntry[];
    };

export const poolerName = (stack: string): string => `${stack}-pooler`;

/** Reads marker, leases and entries of a stack's pooler, by one exec. It changes nothing; the caller bounds it. */
export async function readPooler(docker: Docker, stack: string): Promise<PoolerState> {
  const name = poolerName(stack);
  try {
    const { exitCode, stdout, stderr } = await exec(docker, name, ["switchback-pooler-state"], `{"op":"read"}\n`);
    if (exitCode !== 0) return { kind: "unreadable", reason: stderr.trim() || `exit ${exitCode}` };
    const { file, acting, entries, reason } = JSON.parse(stdout);
    if (entries === null) return { kind: "unreadable", reason: `PgBouncer did not answer on its console: ${reason}` };
    return { kind: "read", file, acting, entries };
  } catch (error) {
    const { statusCode, message } = error as { statusCode?: number; message: string };
    if (statusCode === 404) return { kind: "absent" };
    if (statusCode === 409 && (await neverStarted(docker, name))) return { kind: "absent" };
    return { kind: "unreadable", reason: statusCode === 409 ? `the container ${name} does not run` : message };
  }
}

// A container that could not be started has never served; the engine makes it anew.
async function neverStarted(docker: Docker, name: string): Promise<boolean> {
  const { State } = await docker.getContainer(name).inspect();
  return State.Status === "created";
}
