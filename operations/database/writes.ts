import pg from "pg";

const graceMilliseconds = 1000;
const waitMilliseconds = 5000;
const pauseMilliseconds = 50;

/** Roles with which the colors log in. */
export const colorRoles = (database: string): readonly string[] => [`${database}_blue`, `${database}_green`];

/** From now on sessions of both colors can only read, unless one says otherwise of itself. {@link endOlderSessions} ends the older ones. */
export async function forbidWrites(client: pg.Client, database: string): Promise<void> {
  for (const role of colorRoles(database))
    await client.query(`alter role ${pg.escapeIdentifier(role)} set default_transaction_read_only = on`);
}

/** Takes {@link forbidWrites} back for new sessions. A generation may have it from the moment to which it went back. */
export async function allowWrites(client: pg.Client, database: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>(
    `select rolname as role from pg_db_role_setting join pg_roles on pg_roles.oid = setrole
      where setdatabase = 0 and rolname = any($1) and 'default_transaction_read_only=on' = any(setconfig)`,
    [colorRoles(database)],
  );
  for (const { role } of rows)
    await client.query(`alter role ${pg.escapeIdentifier(role)} reset default_transaction_read_only`);
}

/**
 * Ends the colors' sessions that began before now, so that a changed setting of their roles holds for all. What is under
 * way gets a second to end by itself.
 * @throws when one does not end
 */
export async function endOlderSessions(client: pg.Client, database: string): Promise<void> {
  const { rows } = await client.query<{ now: string }>("select clock_timestamp()::text as now");
  const older = "from pg_stat_activity where usename = any($1) and backend_start < $2";
  const values = [colorRoles(database), rows[0]!.now];
  const begun = performance.now();
  for (;;) {
    const spent = performance.now() - begun;
    const ending = spent > graceMilliseconds ? ", pg_terminate_backend(pid)" : "";
    if ((await client.query(`select pid${ending} ${older}`, values)).rows.length === 0) return;
    if (spent > waitMilliseconds) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
  throw new Error(
    `expected the sessions of ${colorRoles(database).join(" and ")} to end within ${waitMilliseconds / 1000} s, got one that does not; see pg_stat_activity`,
  );
}
