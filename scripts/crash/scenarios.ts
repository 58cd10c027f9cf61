import type { Victim } from "./kill.ts";

export interface Boundary {
  readonly name: string;
  /** The line of `up`'s output at which the victim is killed. */
  readonly line: RegExp;
  readonly victims: readonly Victim[];
}

/** Step boundaries of a level 1 switch, in order. */
export const switchBoundaries: readonly Boundary[] = [
  { name: "run begun", line: /Updating/, victims: ["engine"] },
  { name: "verdict", line: /verdict: allowed/, victims: ["engine"] },
  { name: "operation begun", line: /router updating/, victims: ["engine", "operation", "nginx"] },
  { name: "gate", line: /gate: /, victims: ["engine", "operation", "nginx"] },
  { name: "switching", line: /switching /, victims: ["engine", "operation", "nginx"] },
  { name: "moved", line: /moved in/, victims: ["engine", "operation", "nginx"] },
  { name: "confirmed", line: /confirmed: /, victims: ["engine", "operation", "nginx"] },
  { name: "draining", line: /draining /, victims: ["engine", "operation", "nginx"] },
  { name: "operation ended", line: /router updated/, victims: ["engine"] },
];

/** Step boundaries of a first deployment, in order. */
export const deployBoundaries: readonly Boundary[] = [
  { name: "network", line: /Network blue-network created/, victims: ["engine"] },
  { name: "container begun", line: /Container \S+ creating/, victims: ["engine"] },
  { name: "color", line: /Container green-orders-1 created/, victims: ["engine"] },
  { name: "router container", line: /Container router-container created/, victims: ["engine"] },
  { name: "first gate", line: /gate: /, victims: ["engine", "operation"] },
  { name: "configuration", line: /nginx runs/, victims: ["engine", "operation", "nginx"] },
  { name: "first switching", line: /switching /, victims: ["engine", "operation", "nginx"] },
  { name: "first confirmed", line: /confirmed: /, victims: ["engine", "operation"] },
];

/** Step boundaries of a level 2 change in which requests are held, in order. */
export const schemaBoundaries: readonly Boundary[] = [
  { name: "safety backup", line: /safety-backup updating/, victims: ["engine", "operation", "database"] },
  { name: "saved", line: /safety backup \S+ at /, victims: ["engine", "operation"] },
  { name: "schema begun", line: /schema updating/, victims: ["engine", "operation", "pooler", "database"] },
  { name: "holding", line: /holding: /, victims: ["engine", "operation", "nginx", "pooler", "database"] },
  { name: "fenced", line: /fenced: /, victims: ["engine", "operation", "nginx", "pooler", "database"] },
  { name: "migrating", line: /0004_\w+: (up|down)/, victims: ["engine", "operation", "pooler", "database"] },
  { name: "migrated", line: /the schema is at/, victims: ["engine", "operation", "nginx", "pooler", "database"] },
  { name: "schema ended", line: /schema updated/, victims: ["engine", "pooler", "database"] },
  { name: "held switching", line: /switching /, victims: ["engine", "operation", "nginx"] },
  { name: "held moved", line: /moved in/, victims: ["engine", "operation", "nginx", "pooler"] },
];

/** Step boundaries of a recovery to the data of a moment, in order. */
export const recoveryBoundaries: readonly Boundary[] = [
  { name: "taken up", line: /Database database-restored-\w+ creating/, victims: ["engine"] },
  { name: "maintenance", line: /maintenance: /, victims: ["engine", "operation", "nginx", "pooler", "database"] },
  { name: "copying", line: /making restored-/, victims: ["engine", "operation", "database"] },
  { name: "copied", line: /copied \d/, victims: ["operation", "engine", "restored"] },
  { name: "replayed", line: /reached at /, victims: ["engine", "operation", "restored"] },
  { name: "setting up", line: /no base yet/, victims: ["operation", "engine", "restored"] },
  { name: "promoting", line: /promotion updating/, victims: ["engine", "operation", "pooler", "restored"] },
  { name: "promoted", line: /restored-\w+ serves; /, victims: ["operation", "engine", "pooler", "database"] },
  { name: "end archived", line: /the end of \S+ is archived/, victims: ["engine", "operation", "pooler"] },
  { name: "stopped", line: /stopped \S+; its volume stays/, victims: ["operation", "engine", "restored"] },
  { name: "entries opened", line: /schema updated/, victims: ["engine", "pooler", "restored"] },
  { name: "maintenance ends", line: /switching /, victims: ["operation", "engine", "nginx"] },
];

export interface Crash {
  readonly boundary: Boundary;
  readonly victim: Victim;
  /** Config of the `up` after the crash: the one that crashed, or the one before it. */
  readonly then: "same" | "old";
}

/** Every combination; with `sample`, each boundary once, with its victims and the configs in turn. */
export function crashesOf(
  boundaries: readonly Boundary[],
  configs: readonly Crash["then"][],
  sample: boolean,
): Crash[] {
  if (sample)
    return boundaries.map((boundary, index) => ({
      boundary,
      victim: boundary.victims[index % boundary.victims.length]!,
      then: configs[Math.floor(index / 2) % configs.length]!,
    }));
  return boundaries.flatMap((boundary) =>
    boundary.victims.flatMap((victim) => configs.map((then) => ({ boundary, victim, then }))),
  );
}
