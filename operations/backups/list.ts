import { describeWindow, goodBases, reigns } from "../../stacks/recovery/reach.ts";
import type { RollbackFacts } from "../rollback/facts.ts";
import { age, table } from "../rollback/text.ts";

/** Something that level 3 can begin from, or go back to. */
export interface Listed {
  readonly name: string;
  readonly kind: "base" | "safety" | "dump";
  /** RFC 3339 */
  readonly at: string;
  readonly generation: string;
  /** Head of the schema; null: unknown, as of a base. */
  readonly head: string | null;
  readonly bytes: number | null;
}

/** Every backup, newest first, and the times that can be gone back to. @throws when the stack has no database */
export function listBackups({ recovery }: RollbackFacts): { window: string; backups: Listed[]; unknown: string[] } {
  if (!recovery) throw new Error("expected a stack with a database, got none; there is nothing to back up");
  const { points, dumps, stanzas } = recovery;
  const generations = [...new Set(reigns(recovery.catalogue).map(({ generation }) => generation))];
  const bases = generations.flatMap((generation) =>
    goodBases(recovery, generation).map(
      ({ label, stoppedAt, storedBytes }): Listed => ({
        ...{ name: label, kind: "base", at: stoppedAt, generation, head: null, bytes: storedBytes },
      }),
    ),
  );
  const safety = ("value" in points ? points.value : []).map(
    ({ name, at, generation, head }): Listed => ({ name, kind: "safety", at, generation, head, bytes: null }),
  );
  const dumped = ("value" in dumps ? dumps.value : []).map(
    ({ name, at, generation, head, bytes }): Listed => ({ name, kind: "dump", at, generation, head, bytes }),
  );
  const unknown = Object.entries({ points, dumps, repository: stanzas }).flatMap(([name, probed]) =>
    "unknown" in probed ? [`${name}: ${probed.unknown}`] : [],
  );
  const backups = [...bases, ...safety, ...dumped].sort((a, b) => (a.at > b.at ? -1 : 1));
  return { window: describeWindow(recovery), backups, unknown };
}

/** The list as lines. */
export function renderBackups({ window, backups, unknown }: ReturnType<typeof listBackups>, now: string): string[] {
  const rows = backups.map(({ name, kind, at, generation, head, bytes }) => [
    name,
    kind,
    age(at, now),
    head === null ? "-" : head || "none",
    bytes === null ? "-" : `${(bytes / 1e6).toFixed(0)} MB`,
    generation,
  ]);
  return [
    ...unknown.map((one) => `unknown: ${one}`),
    ...(rows.length > 0
      ? table([["name", "kind", "age", "schema", "size", "generation"], ...rows])
      : ["no backup yet"]),
    ...table([["any moment:", window]]),
  ];
}
