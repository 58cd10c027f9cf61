import { afterAll, beforeAll, expect, it } from "vitest";
import { readDatabase } from "../../../operations/database/state.ts";
import { execOk } from "../../../operations/live/docker.ts";
import { takeLock } from "../../../operations/live/lock.ts";
import { readRecord } from "../../../operations/live/records.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
let name: string;
beforeAll(async () => {
  rig = await createRig();
  name = `${rig.stack}-scheduler`;
});
afterAll(() => rig?.remove());

/** Starts a scheduler as the component does, in seconds where that has hours. */
async function start(
  seconds: { full: number; diff: number; incr: number },
  binds: readonly string[] = [],
  before = ":",
): Promise<void> {
  // A stop, as a replacement has it, lets go of the live lock.
  const former = docker.getContainer(name);
  await former.stop({ t: 20 }).catch(() => {});
  await former.remove({ force: true }).catch(() => {});
  const hours = (value: number) => value / 3600;
  const container = await docker.createContainer({
    name,
    Image: "switchback/database:1",
    Entrypoint: ["sh", "-euc", `${before}; exec switchback-scheduler`],
    User: "0",
    Env: [
      "SWITCHBACK_GENERATION=initial",
      "SWITCHBACK_DATABASE=app",
      `SWITCHBACK_FULL_HOURS=${hours(seconds.full)}`,
      `SWITCHBACK_DIFF_HOURS=${hours(seconds.diff)}`,
      `SWITCHBACK_INCR_HOURS=${hours(seconds.incr)}`,
      "SWITCHBACK_RETENTION_DAYS=90",
      "SWITCHBACK_TICK_SECONDS=1",
      "SWITCHBACK_HEARTBEAT_SECONDS=1",
    ],
    Labels: { "switchback.test": "scheduler", "switchback.stack": rig.stack },
    HostConfig: {
      NetworkMode: "none",
      Init: true,
      SecurityOpt: ["no-new-privileges"],
      Binds: [
        `${rig.container}:/var/lib/postgresql/data:ro`,
        `${rig.stack}-backups:/var/lib/pgbackrest`,
        `${rig.stack}-records:/records`,
        ...binds,
      ],
    },
  });
  await container.start();
}

const logs = async () => (await docker.getContainer(name).logs({ stdout: true, stderr: true })).toString();
const base = async () => {
  const state = await readDatabase(docker, rig.container, "app");
  return state.reachable ? state.base : undefined;
};
const schedule = async () => JSON.parse((await readRecord(docker, rig.stack, "schedule.json")) ?? "null");
const slow = { timeout: 120_000, interval: 500 };

it("takes an incremental backup when one is due, beats the heart, and tells what the retention needs", async () => {
  await start({ full: 360_000, diff: 36_000, incr: 1 });
  await expect.poll(async () => (await base())?.type, slow).toBe("incr");
  await expect.poll(async () => (await schedule())?.last?.type, slow).toBe("incr");
  const report = await schedule();
  expect(report).toMatchObject({ generation: "initial", retentionDays: 90, error: null });
  expect(Math.min(report.neededBytes, report.archivePerDay)).toBeGreaterThan(0);
  const [heart] = await rig.sql(
    "select seq::int, clock_timestamp() - at < interval '10 s' as fresh from switchback.heartbeat",
  );
  expect(heart).toMatchObject({ fresh: true });
  expect(heart?.seq).toBeGreaterThan(0);
});

it("leaves nothing in the repository that the database's own user could not go on with", async () => {
  const foreign = await execOk(docker, rig.container, ["find", "/var/lib/pgbackrest", "!", "-user", "postgres"]);
  expect(foreign).toBe("");
  await rig.backup();
});

it("takes a larger kind when that is due", async () => {
  await start({ full: 360_000, diff: 1, incr: 36_000 });
  await expect.poll(async () => (await base())?.type, slow).toBe("diff");
});

it("saves the files of the services' volumes with each backup, and lets them expire with the backups", async () => {
  await start({ full: 1, diff: 0, incr: 0 }, [`${rig.stack}-records:/files/orders/uploads:ro`]);
  await expect.poll(logs, slow).toContain("saved the files of orders/uploads");
  const saved = async () => JSON.parse(await inScheduler("cat /var/lib/pgbackrest/files/last/orders.uploads.json"));
  const first = await saved();
  expect(first.files).toBeGreaterThan(0);
  await expect.poll(async () => (await saved()).snapshot, slow).not.toBe(first.snapshot);
  await expect.poll(logs, slow).toContain("no longer needed");
  expect(await logs()).not.toContain("failed");
});

const inScheduler = (line: string) => execOk(docker, name, ["sh", "-euc", line]);

it("takes the live lock to let old backups expire, and waits while somebody else has it", async () => {
  const lock = await takeLock(docker, rig.stack, "an update");
  await start({ full: 1, diff: 0, incr: 0 });
  await expect.poll(async () => (await base())?.type, slow).toBe("full");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(await readRecord(docker, rig.stack, "lock/token")).toBe(lock.owner.token);
  expect(await logs()).not.toContain("expired");
  await lock.release();
  await expect.poll(logs, slow).toContain("expired what is older than 90 days");
  await docker.getContainer(name).stop();
  expect(await readRecord(docker, rig.stack, "lock/token")).toBeUndefined();
});

it("holds the live lock as long as it takes, and for 20 s at most once it is killed", async () => {
  const slow = "mv /usr/bin/pgbackrest /usr/bin/real; cat > /usr/bin/pgbackrest; chmod +x /usr/bin/pgbackrest";
  const script = '#!/bin/sh\n[ "$2" != expire ] || sleep 100\nexec real "$@"';
  await start({ full: 1, diff: 0, incr: 0 }, [], `printf '%s\\n' '${script}' | { ${slow}; }`);
  const until = async () => Number((await readRecord(docker, rig.stack, "lock/until").catch(() => "")) ?? 0);
  await expect.poll(until, { timeout: 60_000 }).toBeGreaterThan(0);
  const first = await until();
  await expect.poll(until, { timeout: 60_000 }).toBeGreaterThan(first);
  await docker.getContainer(name).kill();
  expect((await until()) - Date.now() / 1000).toBeLessThanOrEqual(20);
  await execOk(docker, `${rig.stack}-records`, ["rm", "-rf", "/records/lock"]);
});

it("says why a backup failed, in its log and in the catalogue, and goes on trying", async () => {
  await rig.sh(
    rig.container,
    "mv /var/lib/pgbackrest/backup/initial/backup.info /tmp/ && mv /var/lib/pgbackrest/backup/initial/backup.info.copy /tmp/",
  );
  await start({ full: 1, diff: 0, incr: 0 });
  await expect.poll(logs, slow).toContain("the full backup failed (attempt 1)");
  await expect.poll(async () => (await schedule())?.error, slow).toContain("full backup:");
  await rig.sh(rig.container, "mv /tmp/backup.info /tmp/backup.info.copy /var/lib/pgbackrest/backup/initial/");
  await expect.poll(async () => (await schedule())?.error, slow).toBeNull();
});
