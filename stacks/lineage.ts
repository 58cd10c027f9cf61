import { readFolder } from "./lineage/read.ts";
import type { CommandTool } from "./lineage/tool.ts";

/** One step of the schema, with what it may do to releases and to values. */
export interface Migration {
  /** Part of the file name before the first `_`, without leading zeros; or a revision of the tool. */
  readonly id: string;
  /** File name without extension. */
  readonly name: string;
  /** `expand`: every release that accepts the schema before accepts it after; `contract`: not. */
  readonly kind: "expand" | "contract";
  /** What going back costs: nothing, values, or it cannot be done. */
  readonly down: "reversible" | "lossy" | "irreversible";
  /** What a lossy down drops: `orders.discount_cents`, or `orders` for whole rows. */
  readonly loses: readonly string[];
  /** SHA-256 of the SQL, in hex. */
  readonly hash: string;
  readonly up: string;
  /** null: there is none, the migration is irreversible; or a tool runs it. */
  readonly downSql: string | null;
  /** Queries that return rows when something is wrong. */
  readonly verify: string | null;
}

/** Migrations in order. The head `""` is before the first. */
export interface Lineage {
  readonly migrations: readonly Migration[];
  /** The tool that runs them; unset: their SQL is run by the operation itself. */
  readonly command?: CommandTool;
}

/** Heads that a release works with: from `min` to `max`, both included. */
export interface Accepts {
  accepts(head: string): boolean;
  readonly min: string;
  readonly max: string;
}

/** What a release file says about the schema. */
export interface ReleaseSchema {
  readonly target: string;
  readonly min: string;
}

/**
 * Reads the migrations of a folder: marks, order, gaps, and whether the SQL keeps to its marks.
 * A folder that does not exist has none. Files are listed in docs/migrations.md.
 * @param errors gets one sentence per problem; the lineage is not to be used when there are any
 */
export const readLineage = (folder: string, errors: string[]): Lineage => readFolder(folder, errors);

/**
 * The heads that a release accepts. `max` is the last one reachable from its target through expand migrations.
 * @param schema undefined: the release has no schema and accepts every head
 * @throws when target or min is unknown, or min comes after target
 */
export function acceptedBy(lineage: Lineage, schema: ReleaseSchema | undefined): Accepts {
  const last = lineage.migrations.at(-1)?.id ?? "";
  if (!schema) return { accepts: () => true, min: "", max: last };
  const min = position(lineage, schema.min, "schema.min");
  const target = position(lineage, schema.target, "schema.target");
  if (min > target)
    throw new Error(
      `schema: expected min to be at most target in the order of the migrations, got min ${schema.min} after target ${schema.target}`,
    );
  const contract = lineage.migrations.findIndex(({ kind }, index) => index >= target && kind === "contract");
  const max = contract === -1 ? lineage.migrations.length : contract;
  return {
    accepts(head) {
      const at = find(lineage, head);
      return at !== undefined && min <= at && at <= max;
    },
    min: headAt(lineage, min),
    max: headAt(lineage, max),
  };
}

/** Pushes what is wrong with the `schema` of a release file: unknown heads, min after target. */
export function checkReleaseSchema(
  lineage: Lineage,
  tag: string,
  schema: ReleaseSchema | undefined,
  errors: string[],
): void {
  try {
    acceptedBy(lineage, schema);
  } catch (error) {
    errors.push(`releases/${tag}.yaml: ${(error as Error).message}`);
  }
}

/**
 * What leads from one head to another, in the order in which it runs.
 * @throws for a head that is not in the lineage
 */
export function stepsBetween(
  lineage: Lineage,
  from: string,
  to: string,
): { readonly direction: "up" | "down" | "none"; readonly migrations: readonly Migration[] } {
  const [a, b] = [position(lineage, from, "head"), position(lineage, to, "head")];
  if (a === b) return { direction: "none", migrations: [] };
  if (a < b) return { direction: "up", migrations: lineage.migrations.slice(a, b) };
  return { direction: "down", migrations: lineage.migrations.slice(b, a).reverse() };
}

/**
 * The head to be at: `schemaVersion` where it is set, else the live one where the release to be active accepts it, else the
 * nearest that it accepts. Whether the way there is allowed is said by {@link unnamedContracts} and the marks of the steps.
 * @throws when `live` or `schemaVersion` is not in the lineage
 */
export function wantedHead(lineage: Lineage, live: string, active: Accepts, schemaVersion?: string): string {
  if (schemaVersion !== undefined) return headAt(lineage, position(lineage, schemaVersion, "schemaVersion"));
  const at = position(lineage, live, "head");
  if (active.accepts(live)) return headAt(lineage, at);
  return at < position(lineage, active.min, "head") ? active.min : active.max;
}

/**
 * Contract migrations on the way up that nobody asked for: a contract runs only when `schemaVersion` names the head to be
 * at. A database before its first migration has no release to hurt, so there is nothing to name.
 */
export function unnamedContracts(
  lineage: Lineage,
  from: string,
  to: string,
  schemaVersion: string | undefined,
): readonly Migration[] {
  const { direction, migrations } = stepsBetween(lineage, from, to);
  if (direction !== "up" || schemaVersion !== undefined || find(lineage, from) === 0) return [];
  return migrations.filter(({ kind }) => kind === "contract");
}

/** The colors whose release does not accept a head. null: the color is absent. */
export function closedBy<Color extends string>(
  head: string,
  releases: Readonly<Record<Color, Accepts | null>>,
): readonly Color[] {
  return (Object.keys(releases) as Color[]).filter((color) => releases[color]?.accepts(head) === false);
}

/** A head as the lineage spells it: 4 for 0004, "" for 0. @throws for a head that is not in the lineage */
export const headOf = (lineage: Lineage, head: string): string => headAt(lineage, position(lineage, head, "head"));

/** Whether a head is in the lineage. */
export const knows = (lineage: Lineage, head: string): boolean => find(lineage, head) !== undefined;

/** Number of migrations applied at a head; undefined: it is not in the lineage. `"0"` is before the first, as `""` is. */
function find(lineage: Lineage, head: string): number | undefined {
  const id = withoutZeros(head);
  const index = lineage.migrations.findIndex((migration) => migration.id === id);
  if (index !== -1) return index + 1;
  return id === "" || id === "0" ? 0 : undefined;
}

function position(lineage: Lineage, head: string, what: string): number {
  const at = find(lineage, head);
  if (at !== undefined) return at;
  const known = lineage.migrations.map(({ id }) => id);
  throw new Error(
    `${what}: expected a migration of the lineage (${known.slice(-12).join(", ") || "it has none"}), got ${head}; add its file, or name another`,
  );
}

const headAt = (lineage: Lineage, at: number) => lineage.migrations[at - 1]?.id ?? "";

/** An id of digits without leading zeros, so that the file 0004_x.sql is the head 4. */
export const withoutZeros = (id: string): string => (/^\d+$/.test(id) ? id.replace(/^0+(?=\d)/, "") : id);
