import { afterAll, beforeAll, expect, it } from "vitest";
import { firstCatalogue } from "../../../operations/generations/format.ts";
import { appendJournal } from "../../../operations/live/journal.ts";
import { planGenerations } from "../../../stacks/generations.ts";
import { judgeRecovery } from "../../../stacks/judge-recovery.ts";
import type { StackPlan } from "../../../stacks/plan.ts";
import type { Live } from "../../../stacks/probe.ts";
import { probeMilliseconds } from "../../../stacks/probe-bounded.ts";
import { probeFiles } from "../../../stacks/recovery/probe-files.ts";
import { createRig, type Rig } from "../../operations/backup/rig.ts";
import { databaseImage, docker } from "../../operations/database/rig.ts";
import { databaseSetting } from "../database-setting.ts";

let rig: Rig;
let name: string;
const scheduler = () => `${rig.stack}-scheduler`;

beforeAll(async () => {
  rig = await createRig();
  const binds = [`${rig.container}:/var/lib/postgresql/data:ro`, `${rig.stack}-backups:/var/lib/pgbackrest`];
  const container = await docker.createContainer({
    name: scheduler(),
    Image: databaseImage,
    Labels: { "switchback.test": "recovery", "switchback.stack": rig.stack },
    Entrypoint: ["sleep", "infinity"],
    User: "0",
    HostConfig: { NetworkMode: "none", Init: true, Binds: binds },
  });
  await container.start();
  await rig.sql("create table orders (id int)");
  const figures = { seconds: 10, copySeconds: 4, replaySeconds: 4, bytes: 30e6, walBytes: 64e6, way: "pgbackrest" };
  await appendJournal(docker, rig.stack, { event: "restored", ...figures });
  name = (await rig.backup()).name;
});
afterAll(() => rig?.remove());

/** What a run with these keys says, by the name of each condition. */
async function judge(config: Readonly<Record<string, unknown>>) {
  const { plan, live } = databaseSetting({
    active: "green",
    releases: { blue: "1.0.0", green: "1.1.0" },
    head: "",
    config,
  });
  const catalogue = firstCatalogue(new Date(0).toISOString());
  const generations = planGenerations(rig.stack, plan.config.network.subnet, catalogue);
  const database = { ...plan.database!, name: "app", backupVolume: `${rig.stack}-backups`, generations };
  const found = [rig.container, scheduler()].map(async (container) => {
    const { State } = await docker.getContainer(container).inspect();
    return [container, { running: State.Running }] as const;
  });
  const containers = { value: new Map(await Promise.all(found)) } as unknown as Live["containers"];
  const given = { plan: { ...plan, stack: rig.stack, database }, live: { ...live, containers }, catalogue };
  const begun = performance.now();
  const judged = await judgeRecovery({ ...given, docker, smoke: [], actor: "", reason: "" });
  const seconds = (performance.now() - begun) / 1000;
  return {
    ...judged,
    seconds,
    answers: Object.fromEntries(judged.conditions.map((one) => [one.name, `${one.answer}: ${one.detail}`])),
  };
}

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();

it("sees a live system: base, WAL, room, version, schema, time, and what would stay behind", async () => {
  await rig.sql("insert into orders select generate_series(1, 10)");
  const { answers, lines, catalogue, seconds } = await judge({ targetBackup: name });
  expect(answers).toEqual({
    target: expect.stringMatching(/^yes: at the restore point safety-.* from initial \(timeline 1\) into restored-/),
    base: expect.stringMatching(/^yes: \d{8}-\d{6}F of .* MB of WAL from it to the target, without a gap$/),
    disk: expect.stringMatching(/^yes: .* are free/),
    version: expect.stringMatching(/^yes: PostgreSQL 17/),
    head: expect.stringMatching(/^no: expected a schema that 1.1.0 accepts .* what ran then: .*imageTag 2.1.0/),
  });
  expect(lines).toEqual([
    expect.stringMatching(/^the window: \d.* to now \(initial\)$/),
    expect.stringMatching(/^it takes about \d+ s/),
    expect.stringMatching(/^behind in initial stay 1 commits, .*public\.orders \+10 ~0 -0$/),
  ]);
  expect(catalogue.requests).toMatchObject([{ state: "pending" }]);
  expect(seconds).toBeLessThan((3 * probeMilliseconds()) / 1000);
});

it("reaches up to now in a database that is idle, and nothing later", async () => {
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect((await judge({ targetTime: ago(100) })).answers.base).toMatch(/^yes: .*, which is archived first$/);
  expect((await judge({ targetTime: ago(-60_000) })).answers.target).toMatch(/^no: expected a time that has been/);
});

it("sees a segment that is gone from the repository", async () => {
  await rig.sql("select pg_switch_wal()");
  const later = (await rig.backup()).name;
  const folder = "/var/lib/pgbackrest/archive/initial/17-1/*";
  const last = await rig.sh(rig.container, `ls ${folder} | grep -E '^[0-9A-F]{24}-' | tail -n 2 | head -n 1`);
  await rig.sh(rig.container, `mv ${folder}/${last.trim()} /tmp`);
  expect((await judge({ targetBackup: later })).answers.base).toMatch(
    new RegExp(`^no: .*got a gap: ${last.slice(0, 24)}`),
  );
  expect((await judge({ targetBackup: name })).answers.base).toMatch(/^yes/);
  await rig.sh(rig.container, `cp /tmp/${last.trim()} ${folder}/`);
});

it("lists the copies of files while the scheduler is paused, as in an isolation", async () => {
  const save = "mkdir -p /files/orders/uploads; echo a >/files/orders/uploads/a; switchback-files save 0";
  await rig.sh(scheduler(), save);
  const generations = planGenerations(rig.stack, "10.0.0.0/22", firstCatalogue(new Date(0).toISOString()));
  const plan = { stack: rig.stack, database: { files: [{}], generations } } as unknown as StackPlan;
  const copies = { value: [expect.objectContaining({ service: "orders", volume: "uploads", files: 1 })] };
  expect(await probeFiles(docker, plan)).toEqual(copies);
  await docker.getContainer(scheduler()).pause();
  try {
    expect(await probeFiles(docker, plan)).toEqual(copies);
  } finally {
    await docker.getContainer(scheduler()).unpause();
  }
});

it("judges by the scheduler's container when the database is dead, within its bounds", async () => {
  await docker.getContainer(rig.container).stop();
  const { answers, lines, seconds } = await judge({ targetBackup: name });
  expect(answers).toMatchObject({
    target: expect.stringMatching(/^yes/),
    base: expect.stringMatching(/^yes/),
    disk: expect.stringMatching(/^yes/),
    version: expect.stringMatching(/^yes/),
  });
  expect(lines.at(-1)).toMatch(/could not be counted/);
  expect((await judge({ targetTime: ago(100) })).answers.base).toMatch(
    /^unknown: .* is on the volume of initial alone/,
  );
  expect(seconds).toBeLessThan((3 * probeMilliseconds()) / 1000);
});

it("refuses when nothing runs that can read the repository, and says what to start", async () => {
  await docker.getContainer(scheduler()).stop({ t: 0 });
  const { answers, taken } = await judge({ targetTime: ago(100) });
  expect(answers).toEqual({ target: expect.stringMatching(/^no: .*neither .* runs; start a container that has it/) });
  expect(taken).toBe(false);
});
