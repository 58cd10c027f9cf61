import { createHash } from "node:crypto";
import type { Catalogue, RecoveryRequest, RecoveryTarget } from "../../operations/generations/format.ts";

/** The config's keys that name a moment, or a copy. At most one of the targets is set: a rule says so. */
export interface RecoveryKeys {
  readonly targetBackup?: string | undefined;
  readonly targetTime?: string | undefined;
  readonly targetLsn?: string | undefined;
  readonly targetGeneration?: string | undefined;
  readonly recoveryId?: string | undefined;
  readonly drill: boolean;
}

/** What the config asks for. Equal moments have equal hashes, however they are spelt. */
export interface AskedRecovery {
  readonly target: RecoveryTarget;
  readonly recoveryId: string;
  readonly drill: boolean;
  /** SHA-256, in hex. */
  readonly hash: string;
  /** Generation that it makes: the same in every run. */
  readonly generation: string;
}

/** What the catalogue says of it. */
export type RequestState =
  /** The config names no target. */
  | { readonly kind: "none" }
  /** It is to be taken up. */
  | { readonly kind: "new"; readonly asked: AskedRecovery }
  /** It was taken up, and goes on. */
  | { readonly kind: "pending"; readonly recorded: RecoveryRequest }
  /** Inert. */
  | { readonly kind: "done"; readonly recorded: RecoveryRequest };

export interface FoundRequest {
  readonly state: RequestState;
  /** Requests that wait no longer, because their key changed or went. */
  readonly abandons: readonly RecoveryRequest[];
}

/** The request that the config names; undefined: none. */
export function askedRecovery(keys: RecoveryKeys): AskedRecovery | undefined {
  const target = targetOf(keys);
  if (!target) return undefined;
  const { recoveryId = "", drill } = keys;
  const hash = createHash("sha256")
    .update(JSON.stringify([canonical(target), recoveryId, drill]))
    .digest("hex");
  return { target, recoveryId, drill, hash, generation: `restored-${hash.slice(0, 8)}` };
}

/** Looks a request up in the catalogue. One that was abandoned is new again; a drill is done once it was shown. */
export function findRequest(asked: AskedRecovery | undefined, { requests, generations }: Catalogue): FoundRequest {
  const shown = new Set(generations.filter(({ state }) => state === "drill").map(({ name }) => name));
  const pending = requests.filter(({ state, generation }) => state === "pending" && !shown.has(generation));
  const recorded = requests.find(({ hash }) => hash === asked?.hash);
  return { state: stateOf(), abandons: pending.filter((request) => request !== recorded) };

  function stateOf(): RequestState {
    if (!asked) return { kind: "none" };
    if (!recorded || recorded.state === "abandoned") return { kind: "new", asked };
    return { kind: pending.includes(recorded) ? "pending" : "done", recorded };
  }
}

function targetOf({ targetBackup, targetTime, targetLsn, targetGeneration }: RecoveryKeys): RecoveryTarget | undefined {
  if (targetBackup !== undefined) return { kind: "backup", name: targetBackup };
  if (targetTime !== undefined) return { kind: "time", at: utc(targetTime) };
  if (targetLsn === undefined) return undefined;
  const lsn = targetLsn
    .split("/")
    .map((half) => half.replace(/^0+(?=.)/, ""))
    .join("/");
  return { kind: "lsn", lsn, ...(targetGeneration !== undefined && { generation: targetGeneration }) };
}

/** A moment in UTC, cut to PostgreSQL's microseconds, of which Date keeps only the first three digits. */
function utc(time: string): string {
  const [, whole = "", fraction = "", zone = ""] =
    time.match(/^(.+?:\d\d(?::\d\d)?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)$/i) ?? [];
  const seconds = new Date(`${whole}${zone}`).toISOString().slice(0, 19);
  const digits = fraction.slice(0, 6).replace(/0+$/, "");
  return `${seconds}${digits && `.${digits}`}Z`;
}

function canonical(target: RecoveryTarget): readonly string[] {
  if (target.kind === "backup") return [target.kind, target.name];
  if (target.kind === "time") return [target.kind, target.at];
  return [target.kind, target.lsn, ...(target.generation === undefined ? [] : [target.generation])];
}
