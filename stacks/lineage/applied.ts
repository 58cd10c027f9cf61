import { type Lineage, type Migration, stepsBetween } from "../lineage.ts";

/** A migration that has run, as the database keeps it. */
export interface AppliedMigration extends Migration {
  /** When it ran, ISO 8601. */
  readonly at: string;
  /** Digest of the image that brought it, where a tool ran it. */
  readonly image: string | null;
}

/**
 * The lineage with the migrations that only the database knows: those that came with a later release, whose files are not
 * here. Downs always come from the database.
 * @param applied in the order in which they ran
 * @param errors gets one sentence per file that changed after it ran, is missing in between, or comes too late
 */
export function withApplied(lineage: Lineage, applied: readonly AppliedMigration[], errors: string[]): Lineage {
  const files = lineage.migrations;
  const ran = new Map(applied.map((migration) => [migration.id, migration]));
  const known = new Set(files.map(({ id }) => id));
  const common = applied.filter(({ id }) => known.has(id));
  const last = files.findLast(({ id }) => ran.has(id));
  const fresh = files.filter(({ id }) => !ran.has(id));
  for (const file of fresh) if (last && files.indexOf(file) < files.indexOf(last)) errors.push(outOfOrder(file, last));
  for (const file of files) {
    const stored = ran.get(file.id);
    if (stored && stored.hash !== file.hash) errors.push(changed(file, stored));
  }
  const moved = files.filter(({ id }) => ran.has(id)).find((file, index) => file.id !== common[index]?.id);
  if (moved) errors.push(reordered(moved));
  const later = applied.filter(({ id }) => !known.has(id));
  for (const stored of later) if (applied.indexOf(stored) < applied.indexOf(common.at(-1)!)) errors.push(gap(stored));
  if (errors.length === 0 && fresh[0] && later[0]) errors.push(forked(fresh[0], later[0]));
  return { ...lineage, migrations: [...files, ...later] };
}

/** What has to run, with the stored SQL for downs. @throws as `stepsBetween` does */
export function plannedSteps(
  lineage: Lineage,
  applied: readonly AppliedMigration[],
  to: string,
): ReturnType<typeof stepsBetween> {
  const steps = stepsBetween(lineage, applied.at(-1)?.id ?? "", to);
  if (steps.direction !== "down") return steps;
  const ran = new Map(applied.map((migration) => [migration.id, migration]));
  const migrations = steps.migrations.map((file) => ({ ...file, downSql: ran.get(file.id)?.downSql ?? null }));
  return { ...steps, migrations };
}

const outOfOrder = (file: Migration, later: Migration) =>
  `${file.name}: expected new migrations after those that have run, got it before ${later.name}; give it a later id`;

const changed = (file: Migration, stored: AppliedMigration) =>
  `${file.name}: expected the SQL that ran on ${stored.at} (${stored.hash.slice(0, 12)}), got another (${file.hash.slice(0, 12)}); restore the file, and write what is new as a migration of its own`;

const reordered = (file: Migration) =>
  `${file.name}: expected the order in which the migrations ran, got another; restore the names of the files`;

const gap = (stored: AppliedMigration) =>
  `${stored.name}: expected the file of a migration that ran on ${stored.at}, got none although later ones are there; restore it`;

const forked = (file: Migration, stored: AppliedMigration) =>
  `${file.name}: expected the migrations that have run first, got none for ${stored.name}, which ran on ${stored.at}; add its file, or give ${file.name} a later id`;
