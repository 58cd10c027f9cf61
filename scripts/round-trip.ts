import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Lineage, Migration } from "../stacks/lineage.ts";
import { readLineage } from "../stacks/lineage.ts";
import { openScratch, type Scratch } from "./round-trip/scratch.ts";

export interface RoundTrip {
  readonly migration: string;
  /** What going back lost and going up put back; undefined: it is irreversible. */
  readonly kept: readonly { readonly column: string; readonly values: number }[] | undefined;
  /** What is wrong: empty when there and back leads to the same schema and the same rows. */
  readonly problems: readonly string[];
}

/**
 * Takes every migration of a folder up, down and up again, on a throw-away database: the schema must be the same each time,
 * and so must all rows, when what was declared as lost is put back. Rows come from `<folder>/seeds/<migration>.sql`, run
 * after the migration. A migration that does not run is a problem too, and the last one tried.
 * @throws when the lineage has errors
 */
export async function roundTrip(folder: string, log: (line: string) => void = () => {}): Promise<RoundTrip[]> {
  const errors: string[] = [];
  const lineage = readLineage(folder, errors);
  if (lineage.command)
    errors.push(`${folder}: expected migrations in SQL or TypeScript, got a lineage of another tool`);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  const scratch = await openScratch();
  try {
    const trips: RoundTrip[] = [];
    for (const [index, migration] of lineage.migrations.entries()) {
      let failed = false;
      const trip = await tryMigration(scratch, lineage, index, seedOf(folder, migration)).catch((error: Error) => {
        failed = true;
        return {
          migration: migration.name,
          kept: undefined,
          problems: [error.message.replace(`${migration.name}: `, "")],
        };
      });
      log(describe(trip));
      trips.push(trip);
      if (failed) break;
    }
    return trips;
  } finally {
    await scratch.remove();
  }
}

const seedOf = (folder: string, { name }: Migration) => {
  const path = join(folder, "seeds", `${name}.sql`);
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
};

async function tryMigration(
  scratch: Scratch,
  lineage: Lineage,
  index: number,
  seed: string | undefined,
): Promise<RoundTrip> {
  const migration = lineage.migrations[index]!;
  const before = lineage.migrations[index - 1]?.id ?? "";
  const problems: string[] = [];
  const start = await scratch.look();
  await scratch.migrate(lineage, migration.id);
  if (migration.down === "irreversible") {
    if (seed) await scratch.run(seed);
    return { migration: migration.name, kept: undefined, problems };
  }
  const up = await scratch.look();
  await scratch.migrate(lineage, before);
  problems.push(...compare(start, await scratch.look(), "after up and down"));
  await scratch.migrate(lineage, migration.id);
  problems.push(...compare(up, await scratch.look(), "after up, down and up"));
  if (seed) await scratch.run(seed);
  const seeded = await scratch.look();
  const { lost } = await scratch.migrate(lineage, before);
  await scratch.migrate(lineage, migration.id);
  problems.push(...compare(seeded, await scratch.look(), "with seeded rows, after down and up"));
  return { migration: migration.name, kept: lost.map(({ column, values }) => ({ column, values })), problems };
}

type Look = Awaited<ReturnType<Scratch["look"]>>;

/** What is not the same, one sentence each. */
export function compare(wanted: Look, got: Look, when: string): string[] {
  const missing = wanted.schema.filter((line) => !got.schema.includes(line));
  const extra = got.schema.filter((line) => !wanted.schema.includes(line));
  const schema =
    missing.length + extra.length === 0
      ? []
      : [
          `${when}: expected the same schema, got other lines: ${[...missing.map((line) => `- ${line}`), ...extra.map((line) => `+ ${line}`)].slice(0, 8).join(" | ")}`,
        ];
  const rows = Object.entries(wanted.tables)
    .filter(([table, content]) => table in got.tables && got.tables[table]!.hash !== content.hash)
    .map(([table, content]) => `${when}: expected the ${content.rows} rows of ${table} as they were, got others`);
  return [...schema, ...rows];
}

function describe({ migration, kept, problems }: RoundTrip): string {
  if (problems.length > 0) return `${migration}: ${problems.join("; ")}`;
  if (!kept) return `${migration}: irreversible, not taken back`;
  const lost = kept.filter(({ values }) => values > 0).map(({ column, values }) => `${values} of ${column}`);
  const tail = lost.length > 0 ? `; going back takes ${lost.join(", ")} away, going up puts them back` : "";
  return `${migration}: same schema, same rows${tail}`;
}

if (import.meta.main) {
  try {
    const trips = await roundTrip(process.argv[2] ?? "migrations", (line) => console.log(line));
    process.exitCode = trips.some(({ problems }) => problems.length > 0) ? 1 : 0;
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
