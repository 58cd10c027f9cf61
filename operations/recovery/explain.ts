import type { RestoreGoal, Stop } from "./goal.ts";

/**
 * What the log of a server means that ended before it was promoted: what was expected, what was got, what to do. Its hints
 * are left out, for one of them is to remove backup_label, which would corrupt the data. Pure.
 */
export function explain(log: string, goal: RestoreGoal): string {
  const start = log.lastIndexOf("starting PostgreSQL ");
  const lines = log.slice(Math.max(0, start)).split("\n");
  const severe = lines.flatMap((line) => line.match(/\b(?:FATAL|PANIC): {2}(.*)$/)?.[1] ?? []);
  const kept = `; nothing has switched. ${goal.generation} is kept as it is`;
  const known = severe.flatMap((text) => reasons.find(([pattern]) => pattern.test(text))?.[1] ?? [])[0];
  if (known) return `${known({ lines, goal, stop: describeStop(goal) })}${kept}`;
  const said = start < 0 ? lines.findLast((line) => line.trim() !== "")?.trim() : undefined;
  const last = severe[0] ?? said ?? "an end without a word in its log";
  return `expected ${goal.container} to replay to ${describeStop(goal)}, got: ${last}; see \`docker logs ${goal.container}\`, then run \`up\` again${kept}`;
}

interface Seen {
  readonly lines: readonly string[];
  readonly goal: RestoreGoal;
  readonly stop: string;
}

const reasons: readonly (readonly [RegExp, (seen: Seen) => string])[] = [
  [
    /recovery ended before configured recovery target was reached/,
    ({ lines, goal, stop }) => {
      const end = found(lines, /redo done at ([0-9A-F]+\/[0-9A-F]+)/) ?? "the begin of the base";
      const last = found(lines, /last completed transaction was at log time (.*)$/);
      const commit = last ? `, whose last commit is of ${last}` : ", with no commit since the base";
      return `expected the WAL of ${goal.source.generation} to reach ${stop}, got its end at ${end}${commit}: what is asked for was never written, or the next segment is missing from the repository. Ask for a moment before that end`;
    },
  ],
  [
    /requested recovery stop point is before consistent recovery point/,
    ({ goal, stop }) =>
      `expected ${stop} to come after the end of the base${label(goal)}, got one before it. Ask for a later moment, or let an earlier base be used`,
  ],
  [
    /could not restore file "([^"]+)" from archive/,
    ({ lines, goal }) => {
      const file = found(lines, /could not restore file "([^"]+)" from archive/);
      const why = found(lines, /\bERROR: (\[\d+\]: .*)$/);
      return `expected ${file} in the repository of ${goal.source.generation} to be readable, got: ${why ?? "an error"}. Make the repository work, then run \`up\` again; damaged WAL cannot be passed: ask for a moment before it`;
    },
  ],
  [
    /could not locate (?:a valid|required) checkpoint record|WAL ends before/,
    ({ goal }) =>
      `expected the WAL that the base${label(goal)} needs in the repository of ${goal.source.generation}, got not all of it. Ask for what another base leads to`,
  ],
  [
    /requested timeline \d+/,
    ({ goal, stop }) =>
      `expected ${stop} on timeline ${goal.source.timeline} of ${goal.source.generation}, got a base that is not on it. Ask for what another base leads to`,
  ],
  [
    /maximum number of prepared transactions reached|insufficient parameter settings/,
    ({ lines }) =>
      `expected parameters as large as when the WAL was written, got smaller ones: ${found(lines, /FATAL: {2}(.*)$/)}. Raise them in database.parameters, then run \`up\` again`,
  ],
];

const found = (lines: readonly string[], pattern: RegExp): string | undefined =>
  lines.flatMap((line) => line.match(pattern)?.[1] ?? []).at(-1);

const label = ({ material }: RestoreGoal) => (material.kind === "base" ? ` ${material.label}` : "");

/** "the restore point x", "2026-11-21T02:00:00Z", "LSN 0/3000148", "the end of the base". */
export function describeStop({ material }: RestoreGoal): string {
  return material.kind === "dump" ? `the dump ${material.name}` : words(material.stop);
}

function words(stop: Stop): string {
  if (stop.kind === "name") return `the restore point ${stop.name}`;
  if (stop.kind === "time") return stop.at;
  return stop.kind === "lsn" ? `LSN ${stop.lsn}` : "the end of the base";
}
