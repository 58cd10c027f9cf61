import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { execOk } from "../live/docker.ts";
import type { Pointer, RouterFile } from "./goal.ts";

/** Counted by nginx since the traffic last moved; what is in flight is counted always. */
export interface ColorCounters {
  readonly requests: number;
  /** Answers of 500 and above. */
  readonly errors: number;
  readonly httpInFlight: number;
  readonly webSockets: number;
}

/** What `/.switchback/status` answers. */
export interface RouterStatus {
  readonly color: ColorName | null;
  readonly release: string | null;
  readonly mode: Pointer["mode"];
  readonly percent: number;
  readonly sticky: boolean;
  readonly since: string | null;
  /** `holding`: requests wait now; otherwise the lease has run out and what it names acts. */
  readonly hold: (NonNullable<RouterFile["hold"]> & { readonly holding: boolean }) | null;
  readonly override: RouterFile["override"];
  readonly held: { readonly now: number; readonly total: number; readonly refused: number };
  readonly colors: Readonly<Record<ColorName, ColorCounters>>;
}

/** What the last drain of a color left in the router's volume. */
export interface DrainReport {
  readonly color: ColorName;
  readonly state: "draining" | "closing" | "done" | "ended";
  readonly deadline: string;
  /** Connections to the color when the drain began. */
  readonly connections: number;
  /** WebSockets that were left at the deadline and closed. */
  readonly closed: number;
  /** Connections still open at the end. */
  readonly survivors: number;
  readonly at: string;
}

export type RouterState =
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly reason: string }
  | {
      readonly kind: "read";
      /** `null`: missing or broken, which means maintenance after a restart of nginx. */
      readonly file: RouterFile | null;
      /** The pointer that acts now; `null`: neither memory nor the file has one. */
      readonly memory: Pointer | null;
      /** SHA-256, in hex, of the installed nginx configuration. */
      readonly configHash: string | null;
      readonly status: RouterStatus;
      readonly drains: readonly DrainReport[];
    };

export const routerName = (stack: string): string => `${stack}-router`;

/** Reads marker, pointer and counters of a stack's router, by one exec. It changes nothing. */
export async function readRouter(docker: Docker, stack: string): Promise<RouterState> {
  let text: string;
  try {
    text = await execOk(docker, routerName(stack), ["switchback-state"], `{"op":"read"}\n`);
  } catch (error) {
    const { statusCode, message } = error as { statusCode?: number; message: string };
    if (statusCode === 404) return { kind: "absent" };
    if (statusCode === 409 && (await neverStarted(docker, stack))) return { kind: "absent" };
    if (statusCode === 409) return { kind: "unreadable", reason: `the container ${routerName(stack)} does not run` };
    return { kind: "unreadable", reason: message };
  }
  const read = JSON.parse(text);
  if (!read.status) return { kind: "unreadable", reason: `nginx did not answer on its control socket: ${read.nginx}` };
  const { file, acting, configHash, status, drains } = read;
  return { kind: "read", file, memory: acting, configHash, status, drains: drains ?? [] };
}

// A container that could not be started, for a port that was taken, has never served; the engine makes it anew.
async function neverStarted(docker: Docker, stack: string): Promise<boolean> {
  const { State } = await docker.getContainer(routerName(stack)).inspect();
  return State.Status === "created";
}
