import { createHash } from "node:crypto";
import type { ColorName } from "../../stacks/schema.ts";
import type { CacheFlush } from "../cache/flush.ts";

/** What decides, at run time, where requests go. It lives in nginx's memory and in router.json. */
export interface Pointer {
  readonly color: ColorName;
  readonly mode: "serve" | "maintenance" | "isolate";
  /** Share of the OTHER color, in percent. */
  readonly canary: { readonly percent: number; readonly sticky: boolean };
  /** `null`: the color is absent. */
  readonly releases: Readonly<Record<ColorName, string | null>>;
  readonly retryAfterSeconds: number;
}

export interface TargetService {
  readonly name: string;
  readonly port: number;
  /** Paths on the service's own port. */
  readonly live: string;
  readonly ready: string;
  readonly drainHook?: string | undefined;
  readonly route?: { readonly path: string; readonly host?: string | undefined } | undefined;
  readonly replicas: readonly { readonly container: string; readonly address: string }[];
  /** Image that must run: an id ("sha256:…") or a digest reference ("repo@sha256:…"). */
  readonly image: string;
  /** Value of the label `switchback.spec` that its containers must have; unset: any. */
  readonly spec?: string | undefined;
}

export interface RouterGoal {
  readonly stack: string;
  readonly pointer: Pointer;
  readonly colors: Readonly<Record<ColorName, readonly TargetService[]>>;
  /** Container of the database without which no service is ready; unset: the stack has none. */
  readonly database?: string | undefined;
  /** What a release that goes back must not find in the cache; unset: nothing. */
  readonly cache?: CacheFlush | undefined;
  readonly gate: { readonly timeoutSeconds: number; readonly consecutive: number };
  readonly confirm: { readonly connections: number };
  readonly drain: {
    readonly httpSeconds: number;
    readonly webSocketSeconds: number;
    readonly webSocketsPerSecond: number;
    readonly wait: boolean;
  };
}

/** What the last operation left where its effect lives. */
export interface Marker {
  /** Hash of the goal that was reached; empty: none was yet. */
  readonly goal: string;
  /** Pointer that the goal wanted; `switchback-route --clear` puts it back. */
  readonly pointer: Pointer;
  readonly epoch: string;
  /** The operation under way, or one that died; `null`: the goal is reached. */
  readonly pending: { readonly epoch: string; readonly goal: string; readonly since: string } | null;
}

/** The content of router.json. Times are RFC 3339, by the clock of the Docker host. */
export interface RouterFile {
  readonly pointer: Pointer;
  readonly marker: Marker | null;
  /** Traffic moved by hand. */
  readonly override: {
    readonly color: ColorName;
    readonly who: string;
    readonly why: string;
    readonly when: string;
  } | null;
  /** Requests wait until `until` (unix time, in ms); then they go where `then` says. */
  readonly hold: { readonly until: number; readonly then: ColorName | "maintenance"; readonly since: string } | null;
  /** When the traffic last moved. */
  readonly since: string;
}

/** SHA-256, in hex, of what the operation is to reach. Equal goals have equal hashes, whatever the order of their keys. */
export const hashGoal = (goal: RouterGoal, nginxConf: string): string =>
  createHash("sha256")
    .update(`${canonical(goal)}\n${nginxConf}`)
    .digest("hex");

/** JSON with sorted keys and without undefined values. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join(",")}}`;
}
