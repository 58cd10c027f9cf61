import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";
import { startWriter } from "./writer.ts";

let rig: Rig;
let label: string;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig?.remove());

const now = async () =>
  new Date((await rig.sql("select clock_timestamp()::text as at"))[0]!.at as string).toISOString();
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Everything in a volume, with times of change. */
const listing = async (volume: string) => {
  const container = await docker.createContainer({
    Image: "debian:trixie-slim",
    Cmd: ["find", "/source", "-printf", "%p %s %T@\n"],
    Labels: { "switchback.test": "recovery", "switchback.stack": rig.stack },
    HostConfig: { Mounts: [{ Type: "volume", Source: volume, Target: "/source", ReadOnly: true }] },
  });
  await container.start();
  await container.wait();
  const logs = await container.logs({ stdout: true });
  await container.remove();
  return logs.toString("latin1");
};

it("reaches a moment on an idle database that serves, whose last segment it has archived", async () => {
  await rig.sql("insert into events values (1)");
  await sleep(100);
  const made = await rig.restore({ material: await rig.base({ kind: "time", at: await now(), inclusive: false }) });
  expect(made.tail).toBe("archived");
  expect(await rig.query(made.container, "select id from events")).toEqual([{ id: 1 }]);
});

it("takes the WAL from the volume when the repository does not take it", async () => {
  await rig.sh(
    rig.container,
    "chmod a-w /var/lib/pgbackrest/archive/initial/17-1 /var/lib/pgbackrest/archive/initial/17-1/*",
  );
  await rig.sql("insert into events values (2)");
  await sleep(100);
  const made = await rig.restore({ material: await rig.base({ kind: "time", at: await now(), inclusive: false }) });
  await rig.sh(
    rig.container,
    "chmod u+w /var/lib/pgbackrest/archive/initial/17-1 /var/lib/pgbackrest/archive/initial/17-1/*",
  );
  expect(made.tail).toBe("rescued");
  expect(rig.log.join("\n")).toContain("; the WAL is taken from the volume instead");
  expect(await rig.query(made.container, "select id from events order by id")).toEqual([{ id: 1 }, { id: 2 }]);
});

it("rescues what a dead database had not archived, and writes nothing to its volume", async () => {
  const writer = await startWriter(rig.container);
  await writer.more(40);
  const at = await now();
  await writer.more(40);
  const written = await writer.stop();
  const wanted = await rig.sql(`select id from events where pg_xact_commit_timestamp(xmin) < '${at}' order by id`);
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.length).toBeLessThan(written.length);
  const material = await rig.base({ kind: "time", at, inclusive: false });
  label = (material as { label: string }).label;
  await docker.getContainer(rig.container).kill();
  await docker.getContainer(rig.container).update({ RestartPolicy: { Name: "no" } });
  const before = await listing(rig.container);
  const made = await rig.restore({ material });
  expect(made.tail).toBe("rescued");
  expect(await rig.query(made.container, "select id from events order by id")).toEqual(wanted);
  expect(await listing(rig.container)).toBe(before);
  const left = await docker.listContainers({
    all: true,
    filters: { label: [`switchback.stack=${rig.stack}`, "switchback.role=rescue"] },
  });
  expect(left).toEqual([]);
});

it("says of a moment after the last commit where the WAL ends, every time, and lets nothing loop", async () => {
  const at = new Date(Date.now() + 60_000).toISOString();
  const asked = await rig.ask({ material: { kind: "base", label, stop: { kind: "time", at, inclusive: false } } });
  const said = new RegExp(
    `expected the WAL of initial to reach ${at}, got its end at [0-9A-F/]+, whose last commit is of 20.*Ask for a moment before that end; nothing has switched`,
  );
  await expect(rig.run(asked)).rejects.toThrow(said);
  expect(rig.journal.at(-1)).toMatchObject({ event: "failed", generation: asked.generation });
  expect(await rig.generation(asked.generation)).toMatchObject({ state: "making", timeline: null });
  await expect
    .poll(async () => `${await docker.getContainer(asked.container).logs({ stderr: true, tail: 1 })}`, {
      timeout: 20_000,
    })
    .toContain("waiting for the data of generation");
  await expect(rig.run(asked)).rejects.toThrow(said);
});
