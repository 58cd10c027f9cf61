import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../operations/backup/catalogue.ts";
import { runOneShot } from "../../../operations/live/one-shot.ts";
import { readRecord, writeRecord } from "../../../operations/live/records.ts";
import type { RestoredFiles } from "../../../operations/recovery/goal.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
let uploads: { service: string; volume: string; name: string };
let before: string;
beforeAll(async () => {
  rig = await createRig();
  uploads = { service: "orders", volume: "uploads", name: `${rig.stack}-orders-uploads` };
  await createVolume(uploads.name);
  await within(uploads.name, "mkdir -m 750 a; echo tea >a/one; ln -s a/one link; chown -R 4711:4712 .");
  before = await listed(uploads.name);
  await rig.sql("insert into events values (1)");
  await rig.backup({ files: [uploads] });
  await rig.sql("insert into events values (2)");
  await within(uploads.name, "echo worse >a/one; rm link");
});
afterAll(() => rig?.remove());

const createVolume = (name: string) =>
  docker.createVolume({ Name: name, Labels: { "switchback.stack": rig.stack, "switchback.test": "recovery" } });

/** Runs a shell line in a volume, as root. */
async function within(volume: string, script: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runOneShot(docker, {
    ...{ name: `${rig.stack}-within`, stack: rig.stack, role: "test", image: "switchback/database:1", user: "0" },
    network: "none",
    argv: ["sh", "-euc", `cd /data; ${script}`],
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    volumes: [{ name: volume, path: "/data" }],
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

/** Names, kinds, owners, modes, times and contents of everything in a volume. */
const listed = (volume: string) =>
  within(volume, `find . -printf '%P %y %U:%G %m %T@ %l\\n' | sort; find . -type f -exec sha256sum {} + | sort`);

/** Asks for the data and the files of the backup point, into a volume that is there already. */
async function ask() {
  const { name: point, files } = (await readPoints(docker, rig.stack)).at(-1)!;
  const name = `${uploads.name}-${Math.random().toString(16).slice(2, 10)}`;
  await createVolume(name);
  const [{ service, volume, snapshot, at, files: count, bytes }] = files as [(typeof files)[number]];
  const restored: RestoredFiles = { service, volume, snapshot, at, files: count, bytes, name, point };
  const material = await rig.base({ kind: "name", name: point });
  const asked = await rig.ask({ material, files: [restored], during: "serve" });
  return { asked, name, snapshot, record: `restores/${asked.generation}.files.json` };
}

it("come back with the data, whole, before it is verified; the volume in use is not touched", async () => {
  const now = await listed(uploads.name);
  const { asked, name, snapshot, record } = await ask();
  const { checks, state } = await rig.run(asked);
  expect(state).toBe("ready");
  expect(await rig.query(asked.container, "select id from events")).toEqual([{ id: 1 }]);
  expect(await listed(name)).toBe(before);
  expect(await listed(uploads.name)).toBe(now);
  expect(checks.filter((check) => check.name === "files")).toEqual([
    { name: "files", answer: "yes", detail: expect.stringMatching(/^orders\/uploads: 1 files, .* as of .* \(safety-/) },
  ]);
  expect(JSON.parse((await readRecord(docker, rig.stack, record))!)).toEqual([{ name, snapshot, state: "done" }]);
  await expect(docker.getVolume(name).remove()).rejects.toThrow("volume is in use");
});

it("are begun anew where a killed run had begun, and what somebody else wrote there is left alone", async () => {
  const { asked, name, snapshot, record } = await ask();
  await within(name, "echo half >a");
  await expect(rig.run(asked)).rejects.toThrow(
    /expected the files of orders\/uploads in \S+, got: expected an empty volume, got files in it; nothing has switched/,
  );
  expect(await within(name, "cat a")).toBe("half\n");
  expect((await rig.generation(asked.generation)).state).toBe("making");
  await writeRecord(docker, rig.stack, record, JSON.stringify([{ name, snapshot, state: "begun" }]));
  expect((await rig.run(asked)).state).toBe("ready");
  expect(await listed(name)).toBe(before);
});

it("whose copy has rotted are not given out", async () => {
  const { asked } = await ask();
  const backups = `${rig.stack}-backups`;
  await within(
    backups,
    `cd files/repository/data; chmod -R u+w .; for f in $(find . -type f); do printf x | dd of="$f" bs=1 seek=100 conv=notrunc status=none; done`,
  );
  await expect(rig.run(asked)).rejects.toThrow(/got: expected to restore snapshot .*; nothing has switched/);
  expect((await rig.generation(asked.generation)).state).toBe("making");
});
