import { connectDatabase } from "../../../operations/database/connect.ts";
import { docker } from "../database/rig.ts";

/** A row of `events`, and where the WAL stood before and after its commit. */
export interface Written {
  readonly id: number;
  readonly before: bigint;
  readonly after: bigint;
}

/** Writes one row of `events` after the other until it is stopped. */
export interface Writer {
  /** Waits until so many more rows are written. */
  more(rows: number): Promise<void>;
  /** Every row whose commit was acknowledged. */
  stop(): Promise<Written[]>;
}

export async function startWriter(container: string): Promise<Writer> {
  const client = await connectDatabase(docker, { container, database: "app", user: "app_green" });
  const { rows } = await client.query("select coalesce(max(id), 0)::int as last from events");
  const written: Written[] = [];
  let stopped = false;
  const lsn = async () => {
    const { rows } = await client.query("select pg_current_wal_insert_lsn()::text as lsn");
    return position(rows[0].lsn);
  };
  const writing = (async () => {
    let id: number = rows[0].last;
    let before = await lsn();
    while (!stopped) {
      await client.query("insert into events values ($1)", [++id]);
      const after = await lsn();
      written.push({ id, before, after });
      before = after;
    }
  })();
  return {
    more: async (rows) => {
      const end = written.length + rows;
      while (written.length < end) await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 20))]);
    },
    stop: async () => {
      stopped = true;
      await writing;
      await client.end();
      return written;
    },
  };
}

/** An LSN as a number. */
export function position(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}
