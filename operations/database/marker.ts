import type pg from "pg";

/** Writes `pending` before the first effect. The marker's table is made here: nothing can be said before it is there. */
export async function pendDatabase(client: pg.Client, epoch: string, goal: string): Promise<void> {
  await client.query("create schema if not exists switchback");
  await client.query(
    `create table if not exists switchback.database_marker
       (one boolean primary key default true check (one), goal text not null, epoch text not null, pending jsonb)`,
  );
  await client.query(
    `insert into switchback.database_marker values (true, '', '', $1)
       on conflict (one) do update set pending = excluded.pending`,
    [{ epoch, goal, since: new Date().toISOString() }],
  );
}

/** Goal, epoch and the end of `pending` in one write. @throws when another operation has begun since */
export async function commitDatabase(client: pg.Client, epoch: string, goal: string): Promise<void> {
  const { rowCount } = await client.query(
    "update switchback.database_marker set goal = $2, epoch = $1, pending = null where pending->>'epoch' = $1",
    [epoch, goal],
  );
  if (rowCount === 1) return;
  throw new Error(
    `expected epoch ${epoch} to be pending in the database, got another; another operation has begun since`,
  );
}

/** The old state is back: goal and epoch stay. */
export async function clearDatabase(client: pg.Client, epoch: string): Promise<void> {
  await client.query("update switchback.database_marker set pending = null where pending->>'epoch' = $1", [epoch]);
}
