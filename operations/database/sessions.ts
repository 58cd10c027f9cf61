import type pg from "pg";

const waitMilliseconds = 5000;
const pauseMilliseconds = 20;

/**
 * Ends every session of a role in the server. After a fence: PgBouncer has cut the clients, but the server goes on with a
 * statement that it has begun, and would commit it. @returns how many there were, once they are over
 * @param client as the migrator, or as superuser
 * @throws when one does not end
 */
export async function endSessions(client: pg.Client, role: string): Promise<number> {
  const end = performance.now() + waitMilliseconds;
  const seen = new Set<number>();
  for (;;) {
    // One that has ended by itself since it was listed is not there to be ended, which is as good: the next look finds none.
    const { rows } = await client.query<{ pid: number }>(
      "select pid, pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and pid <> pg_backend_pid()",
      [role],
    );
    if (rows.length === 0) return seen.size;
    for (const { pid } of rows) seen.add(pid);
    if (performance.now() > end) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
  throw new Error(
    `expected the sessions of ${role} to end within ${waitMilliseconds / 1000} s, got one that does not; see pg_stat_activity`,
  );
}
