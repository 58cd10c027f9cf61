import { type Catalogue, type Generation, type RecoveryTarget, servingGeneration } from "../generations/format.ts";

/** What became of a generation, from the catalogue alone. */
export interface GenerationHistory {
  readonly name: string;
  /** `kept`: it served, and is evidence and way back. `ready`: whole, and has not served yet. */
  readonly state: "serves" | "kept" | "ready" | "making" | "abandoned" | "drill";
  /** RFC 3339 */
  readonly bornAt: string;
  /** What it was made for; null: the stack began with it. */
  readonly target: RecoveryTarget | null;
  /** When it last began to serve, who wanted that, and why; null: never. */
  readonly served: Turn | null;
  /** When it was last left, for which generation, by whom, and why; null: never, or it serves. */
  readonly left: (Turn & { readonly to: string }) | null;
  /** It is not removed before; null: it serves, or is being made. */
  readonly keepUntil: string | null;
}

interface Turn {
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
}

/** Every generation of a catalogue, by birth. */
export function historyOf(catalogue: Catalogue): GenerationHistory[] {
  const serving = servingGeneration(catalogue);
  return catalogue.generations.map((generation) => {
    const { name, bornAt, keepUntil } = generation;
    const served = catalogue.promotions.findLast((event) => event.generation === name);
    const left = name === serving ? undefined : catalogue.promotions.findLast(({ from }) => from === name);
    const request = catalogue.requests.find(({ hash }) => hash === generation.request);
    return {
      name,
      state: name === serving ? "serves" : stateOf(generation, served !== undefined),
      bornAt,
      target: request?.target ?? null,
      served: served ? turn(served) : null,
      left: left ? { ...turn(left), to: left.generation } : null,
      keepUntil,
    };
  });
}

const stateOf = ({ state }: Generation, served: boolean): GenerationHistory["state"] =>
  state === "ready" && served ? "kept" : state;

const turn = ({ at, actor, reason }: Turn): Turn => ({ at, actor, reason });

/** The target as its config says it. */
export function describeTarget(target: RecoveryTarget | null): string {
  if (target === null) return "the stack began with it";
  if (target.kind === "backup") return `targetBackup ${target.name}`;
  if (target.kind === "time") return `targetTime ${target.at}`;
  return `targetLsn ${target.lsn}${target.generation ? ` of ${target.generation}` : ""}`;
}
