import type pg from "pg";

/** A session that holds a lock a migration waits for. */
export interface Blocker {
  readonly pid: number;
  readonly role: string;
  readonly state: string;
  readonly seconds: number;
  /** Whether it may be ended: sessions of superusers and of migrations may not. */
  readonly foreign: boolean;
}

export interface Watch {
  /** Sessions seen in the way since it began, the last ones. */
  readonly seen: readonly Blocker[];
  stop(): Promise<void>;
}

/**
 * Watches, on a connection of its own, what sessions with the rights of the owner wait for: those of migrations.
 * @param cancel whether to end what is in the way: a running query first, then the session
 */
export function watchBlockers(client: pg.ClientBase, cancel: boolean, everyMs: number): Watch {
  let seen: readonly Blocker[] = [];
  let stopped = false;
  const cancelled = new Set<number>();
  const look = async () => {
    await client.query("reset role");
    const { rows: found } = await client.query<{ owner: string }>("select current_user as owner");
    // Its own role may signal others; the owner's, which it takes at login, may not.
    await client.query("set role none");
    while (!stopped) {
      const { rows } = await client.query<Blocker>(query, [found[0]?.owner]);
      if (rows.length > 0) seen = rows;
      for (const blocker of cancel ? rows.filter(({ foreign }) => foreign) : []) {
        // A query that is cancelled leaves a failed transaction that keeps its locks until its client ends it.
        const ends = blocker.state !== "active" || cancelled.has(blocker.pid);
        await client.query(`select ${ends ? "pg_terminate_backend" : "pg_cancel_backend"}($1)`, [blocker.pid]);
        cancelled.add(blocker.pid);
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  };
  // Watching is a service: where it fails, the migration fails by its lock timeout.
  const done = look().catch(() => {});
  return {
    get seen() {
      return seen;
    },
    async stop() {
      stopped = true;
      await done;
    },
  };
}

export const describeBlockers = (blockers: readonly Blocker[]): string =>
  blockers
    .map(({ pid, role, state, seconds }) => `${role} (pid ${pid}, ${state}, transaction of ${seconds.toFixed(1)} s)`)
    .join(", ");

const query = `
select pid, coalesce(usename, backend_type) as role, coalesce(state, 'unknown') as state,
  coalesce(extract(epoch from clock_timestamp() - xact_start), 0)::float8 as seconds,
  coalesce(not pg_has_role(usesysid, $1, 'member'), false) as "foreign"
from pg_stat_activity where pid in (
  select unnest(pg_blocking_pids(waiting.pid)) from pg_stat_activity waiting
  where waiting.datname = current_database() and waiting.wait_event_type = 'Lock'
    and pg_has_role(waiting.usesysid, $1, 'member') and not (select rolsuper from pg_roles where oid = waiting.usesysid))`;
