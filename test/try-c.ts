import { connectDatabase } from "../operations/database/connect.ts";
import { countBehind } from "../operations/recovery/behind.ts";
import { createRig } from "./operations/backup/rig.ts";
import { docker } from "./operations/database/rig.ts";

const rig = await createRig();
try {
  const client = await connectDatabase(docker, { container: rig.container, database: "app", user: "postgres" });
  await client.query("alter system set checkpoint_timeout='1h'");
  await client.query("alter system set max_wal_size='8GB'");
  await client.query("select pg_reload_conf()");
  await rig.sh(rig.container, "pgbench -i -q -s 10 -h /run/postgresql -U postgres app 2>&1 | tail -1");
  const at = (await client.query("select clock_timestamp() as now")).rows[0].now.toISOString();
  const lsn = (await client.query("select pg_current_wal_flush_lsn()::text as lsn")).rows[0].lsn;
  const {
    rows: [s],
  } = await client.query(
    "select pg_snapshot_xmax(pg_current_snapshot())::text as xid, seq::int as heartbeat from switchback.heartbeat",
  );
  for (const seconds of [5, 20, 30]) {
    console.log(
      (
        await rig.sh(
          rig.container,
          `pgbench -n -c 8 -T ${seconds} -h /run/postgresql -U postgres app 2>&1 | grep 'actually processed'`,
        )
      ).trim(),
    );
    for (const since of [{ lsn }, { at }]) {
      const t = performance.now();
      const b = await countBehind(client, since, 60);
      console.log(seconds, JSON.stringify(b).slice(0, 300), ((performance.now() - t) / 1000).toFixed(2));
    }
    const t = performance.now();
    console.log(
      "1.5s",
      JSON.stringify(await countBehind(client, { lsn, ...s }, 1.5)).slice(0, 120),
      ((performance.now() - t) / 1000).toFixed(2),
    );
  }
  await client.end();
} finally {
  await rig.remove();
}
