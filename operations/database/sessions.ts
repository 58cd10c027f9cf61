import type pg from "pg";

const waitMilliseconds = 5000;

/**
 * Ends every session of a role in the server. After a fence: PgBouncer has cut the clients, but the server goes on with a
 * statement that it has begun, and would commit it. @returns how many there were, once they are over
 * @param client as the migrator, or as superuser
 * @throws when one does not end
 */
export async function endSessions(client: pg.Client, role: string): Promise<number> {
  const { rows } = await client.query<{ ended: boolean }>(
    "select pg_terminate_backend(pid, $2) as ended from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()",
    [role, waitMilliseconds],
  );
  if (rows.every(({ ended }) => ended)) return rows.length;
  throw new Error(
    `expected the sessions of ${role} to end within ${waitMilliseconds / 1000} s, got one that does not; see pg_stat_activity`,
  );
}
