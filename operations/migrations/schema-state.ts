import pg from "pg";
import type { AppliedMigration } from "../../stacks/lineage/applied.ts";

export interface SchemaMarker {
  /** Goal that was last reached; "": none yet. */
  readonly goal: string;
  readonly epoch: string;
  readonly pending: { readonly epoch: string; readonly goal: string; readonly since: string } | null;
}

/** What the database says of its schema. */
export interface SchemaState {
  /** The last migration that has run; "": none. */
  readonly head: string;
  /** In the order in which they ran, with the SQL that leads back. */
  readonly applied: readonly AppliedMigration[];
  readonly marker: SchemaMarker | null;
  /** By migration: the entry of `allowDataLoss` that was used last, which has to be renewed. */
  readonly usedAllowances: Readonly<Record<string, number>>;
}

/** Reads the state in one query. A database in which nothing has run has the head "" and no marker. */
export async function readSchema(client: pg.ClientBase): Promise<SchemaState> {
  try {
    const { rows } = await client.query<{ applied: AppliedMigration[]; marker: SchemaMarker | null; used: Used }>(read);
    const { applied, marker, used } = rows[0]!;
    return { head: applied.at(-1)?.id ?? "", applied, marker, usedAllowances: used };
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === undefinedTable)
      return { head: "", applied: [], marker: null, usedAllowances: {} };
    throw error;
  }
}

/**
 * Says that an operation is going to move the schema; makes the tables for it where they are missing.
 * @throws when another operation is moving it right now
 */
export async function pendSchema(client: pg.ClientBase, epoch: string, goal: string): Promise<void> {
  await ensureStorage(client);
  await client.query("begin");
  try {
    await client.query("set local lock_timeout = '5s'");
    await client.query(
      `insert into switchback.marker values (true, '', '', $1)
         on conflict (one) do update set pending = excluded.pending`,
      [{ epoch, goal, since: new Date().toISOString() }],
    );
    await client.query("commit");
  } catch (error) {
    await client.query("rollback");
    if (!(error instanceof pg.DatabaseError) || error.code !== lockNotAvailable) throw error;
    throw new Error(
      "expected no migration to be running, got one that holds the marker; wait for its end, then run again",
    );
  }
}

/** Ends `pending`; goal and epoch stay as they were. @throws when another operation's is there */
export async function clearPending(client: pg.ClientBase, epoch: string): Promise<void> {
  const { rows } = await client.query<{ pending: string | null }>(
    `update switchback.marker set pending = case when pending->>'epoch' = $1 then null else pending end
       returning pending->>'epoch' as pending`,
    [epoch],
  );
  const other = rows[0]?.pending;
  if (other)
    throw new Error(`expected epoch ${epoch} to be pending beside the schema, got ${other}; it has begun since`);
}

/**
 * Inside a transaction: keeps others from moving the schema until it ends.
 * @throws when another operation has begun since
 */
export async function assertPending(client: pg.ClientBase, epoch: string): Promise<void> {
  const { rows } = await client.query<{ epoch: string | null }>(
    "select pending->>'epoch' as epoch from switchback.marker for update",
  );
  const pending = rows[0]?.epoch ?? undefined;
  if (pending === epoch) return;
  throw new Error(
    `expected epoch ${epoch} to be pending beside the schema, got ${pending ?? "none"}; another operation has begun or ended since`,
  );
}

/** Inside the same transaction: goal and epoch are reached, nothing is pending. */
export async function settleMarker(client: pg.ClientBase, epoch: string, goal: string): Promise<void> {
  await client.query("update switchback.marker set goal = $1, epoch = $2, pending = null", [goal, epoch]);
}

/** Makes what is stored beside the schema; run as a member of the role that owns the database. */
export async function ensureStorage(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query("select to_regclass('switchback.images') is not null as there");
  if (rows[0].there) return;
  // Sent as one text, they are one transaction.
  await client.query(`create schema if not exists switchback; ${tables}`);
}

const undefinedTable = "42P01";
export const lockNotAvailable = "55P03";

type Used = Readonly<Record<string, number>>;

const tables = `
create table if not exists switchback.migrations (
  position int primary key, id text not null unique, name text not null, hash text not null,
  kind text not null, down text not null, loses text[] not null,
  up text not null, down_sql text, verify text, image text, at timestamptz not null default clock_timestamp());
create table if not exists switchback.marker (
  one boolean primary key default true check (one), goal text not null, epoch text not null, pending jsonb);
create table if not exists switchback.allowances (
  migration text primary key, allowed float8 not null, epoch text not null, at timestamptz not null default clock_timestamp());
create table if not exists switchback.kept (
  migration text not null, position int not null, target text not null, relation text not null, columns text[] not null,
  lost bigint not null, taken boolean not null, at timestamptz not null default clock_timestamp(), primary key (migration, position));
create table if not exists switchback.images (
  migration text primary key, image text not null, at timestamptz not null default clock_timestamp())`;

const read = `
select
  (select coalesce(json_agg(json_build_object(
      'id', id, 'name', name, 'hash', hash, 'kind', kind, 'down', down, 'loses', loses, 'up', up, 'downSql', down_sql,
      'verify', verify, 'image', image,
      'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) order by position), '[]')
    from switchback.migrations) as applied,
  (select json_build_object('goal', goal, 'epoch', epoch, 'pending', pending) from switchback.marker) as marker,
  (select coalesce(json_object_agg(migration, allowed), '{}') from switchback.allowances) as used`;
