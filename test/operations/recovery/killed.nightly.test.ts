import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Asked, createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql(`create table bulk as select n, md5(n::text) || md5((n + 1)::text) as text from generate_series(1, 600000) n;
    insert into events values (1); checkpoint`);
  await rig.sh(rig.container, "pgbackrest --stanza=initial --type=full backup");
  await rig.sql("insert into events values (2); update bulk set n = n + 1 where n % 4 = 0");
});
afterAll(() => rig?.remove());

/** Runs the operation as the command resource does, and kills it when it has said `line`, and some milliseconds later. */
async function killAt({ goal, epoch }: Asked, line: RegExp, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, ["operations/restore.ts"], {
    env: { ...process.env, SWITCHBACK_RESTORE_GOAL: JSON.stringify(goal), SWITCHBACK_EPOCH: epoch },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const lines: string[] = [];
  for await (const said of createInterface({ input: child.stderr })) {
    lines.push(said);
    if (line.test(said)) break;
  }
  expect(lines.at(-1)).toMatch(line);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  expect(child.exitCode).toBeNull();
  child.kill("SIGKILL");
  await once(child, "exit");
}

const steps: [string, RegExp, number][] = [
  ["while it copies", /^making restored-/, 300],
  ["right after it has begun to replay", /^copied /, 100],
  ["while it replays", /^copied /, 900],
  ["before it is recorded", / reached at /, 50],
];

it.each(steps)("goes on after kill -9 of the operation %s", async (_, line, milliseconds) => {
  const [{ lsn }] = (await rig.sql("select pg_current_wal_lsn()::text as lsn")) as [{ lsn: string }];
  const asked = await rig.ask({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) });
  await killAt(asked, line, milliseconds);
  expect((await rig.generation(asked.generation)).state).toBe("making");
  const made = await rig.run(asked);
  expect(made).toMatchObject({ state: "ready", timeline: 2 });
  expect(await rig.query(asked.container, "select id from events order by id")).toEqual([{ id: 1 }, { id: 2 }]);
  expect(
    await rig.query(
      asked.container,
      "select count(*)::int as rows, count(*) filter (where n % 4 = 1)::int as changed from bulk",
    ),
  ).toEqual(await rig.sql("select count(*)::int as rows, count(*) filter (where n % 4 = 1)::int as changed from bulk"));
});

it.each([
  ["copies", "making ", 300, /got: an end of its container; nothing has switched. Run `up` again/],
  ["replays", "copied ", 600, /got: an end without a word in its log; see `docker logs/],
] as const)("goes on after its container was killed while it %s", async (_, line, milliseconds, reason) => {
  const [{ lsn }] = (await rig.sql("select pg_current_wal_lsn()::text as lsn")) as [{ lsn: string }];
  const asked = await rig.ask({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) });
  const said = rig.log.length;
  const running = rig.run(asked).catch((error: Error) => error.message);
  await expect
    .poll(() => rig.log.slice(said).some((one) => one.startsWith(line)), { timeout: 30_000, interval: 20 })
    .toBe(true);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await rig.sh(asked.container, "kill -9 -1").catch(() => {});
  expect(await running).toMatch(reason);
  await expect.poll(() => rig.sh(asked.container, "echo up").catch(() => ""), { timeout: 20_000 }).toBe("up\n");
  const made = await rig.run(asked);
  expect(made).toMatchObject({ state: "ready", timeline: 2 });
  expect(await rig.query(asked.container, "select id from events order by id")).toEqual([{ id: 1 }, { id: 2 }]);
});
