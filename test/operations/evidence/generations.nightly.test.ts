import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { listGenerations } from "../../../operations/evidence/list.ts";
import { recordedMigrationImages } from "../../../operations/gc/migration-images.ts";
import { updateCatalogue } from "../../../operations/generations/catalogue.ts";
import { readJournal } from "../../../operations/live/journal.ts";
import { readStatus } from "../../../operations/status/read.ts";
import { renderStatus } from "../../../operations/status/render.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "../promotion/rig.ts";

let rig: Rig;
let restored: string;
const folder = mkdtempSync(join(tmpdir(), "generations-"));
beforeAll(async () => {
  rig = await createRig();
  restored = await rig.ready();
  await rig.promote(restored);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await rig?.remove();
});

/** Runs the command in a folder of its own, as an operator does. */
function run(...args: string[]): { code: number | null; stdout: string; stderr: string } {
  const file = resolve("operations/generations.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, rig.stack, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, SWITCHBACK_ACTOR: "operator" },
  });
  return { code: status, stdout, stderr };
}

it("lists what serves and what is kept, with its story and its size", async () => {
  const [initial, now] = await listGenerations(docker, rig.stack);
  expect(initial).toMatchObject({ name: "initial", state: "kept", running: false, target: null });
  expect(initial?.left).toMatchObject({ to: restored, actor: "test", reason: "a test" });
  expect(initial?.bytes).toBeGreaterThan(20_000_000);
  expect(Date.parse(initial!.keepUntil!)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  expect(now).toMatchObject({ name: restored, state: "serves", running: true, keepUntil: null, left: null });
  // It answers nobody any more, and garbage collection has to know what it keeps.
  expect(await recordedMigrationImages(docker, rig.stack, "initial")).toEqual([]);
  const { code, stdout } = run("list");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^initial: kept, stands still, \d+ MB$/m);
  expect(stdout).toMatch(new RegExp(`^ {2}left at .* for ${restored}, by test, "a test"$`, "m"));
});

it("is in the status, which reads the generation that serves", async () => {
  const status = await readStatus(docker, rig.stack);
  expect(status.database).toMatchObject({ value: { reachable: true, timeline: 2 } });
  const text = renderStatus(status).replace(/\s+/g, " ");
  expect(text).toMatch(new RegExp(`${restored} serves since 20.*\\(targetTime `));
  expect(text).toMatch(/initial is kept until 20/);
  expect(text).toMatch(/base \d+-\d+F/);
});

it("says in the status since when there is no level 3, while the generation that serves has no base", async () => {
  await rig.sh(
    rig.containerOf(restored),
    `pgbackrest --stanza=${restored} stop && rm -r /var/lib/pgbackrest/backup/${restored}`,
  );
  const { at } = (await rig.catalogue()).promotions.at(-1)!;
  expect(renderStatus(await readStatus(docker, rig.stack))).toContain(`no base: writes since ${at} have no level 3`);
});

it("copies one out, with a manifest that anybody can check", async () => {
  const to = join(folder, "out");
  const { code, stdout, stderr } = run("export", "initial", "--to", to);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("read back and compared with the volume");
  const name = rig.containerOf("initial");
  expect(readdirSync(to).sort()).toEqual(["SHA256SUMS", `${name}.json`, `${name}.tar`]);
  execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: to });
  const manifest = JSON.parse(readFileSync(join(to, `${name}.json`), "utf8"));
  expect(manifest).toMatchObject({ stack: rig.stack, generation: { name: "initial" } });
  const unpacked = join(folder, "unpacked");
  execFileSync("sh", ["-c", `mkdir ${unpacked} && tar -xf ${join(to, `${name}.tar`)} -C ${unpacked} --no-same-owner`]);
  writeFileSync(
    join(unpacked, "data", "sums"),
    manifest.files.map(({ path, sha256 }: Record<string, string>) => `${sha256}  ${path}\n`).join(""),
  );
  execFileSync("sha256sum", ["--quiet", "-c", "sums"], { cwd: join(unpacked, "data") });
  expect(manifest.files.map(({ path }: { path: string }) => path)).toContain("pgdata/PG_VERSION");
  const again = run("export", "initial", "--to", to);
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining("choose another folder")]);
  const running = run("export", restored, "--to", join(folder, "running"));
  expect([running.code, running.stderr]).toEqual([1, expect.stringContaining("to stand still, got one that runs")]);
}, 120_000);

it("removes nothing without --yes, nothing that serves, and no evidence before its date", async () => {
  expect(run("remove", "initial").stderr).toContain("expected --yes to remove generation initial");
  expect(run("remove", "initial", "--yes").stderr).toMatch(/kept until 20/);
  expect(run("remove", restored, "--yes").stderr).toContain("which serves");
  expect((await listGenerations(docker, rig.stack)).map(({ name }) => name)).toEqual(["initial", restored]);
});

it("removes one that is out of date: container, keeper, volume, and its place in the catalogue", async () => {
  await updateCatalogue(docker, rig.stack, (catalogue) => ({
    ...catalogue,
    generations: catalogue.generations.map((one) =>
      one.name === "initial" ? { ...one, keepUntil: "2026-01-01T00:00:00.000Z" } : one,
    ),
  }));
  const { code, stderr } = run("remove", "initial", "--yes", "--because", "out of date");
  expect(code, stderr).toBe(0);
  const name = rig.containerOf("initial");
  for (const one of [name, `${name}-keeper`])
    await expect(docker.getContainer(one).inspect()).rejects.toMatchObject({ statusCode: 404 });
  await expect(docker.getVolume(name).inspect()).rejects.toMatchObject({ statusCode: 404 });
  const { generations, promotions } = await rig.catalogue();
  expect(generations.map((one) => one.name)).toEqual([restored]);
  expect(promotions).toHaveLength(2);
  const line = (await readJournal(docker, rig.stack)).findLast(({ event }) => event === "generation-removed");
  expect(line).toMatchObject({ generation: "initial", actor: "operator", reason: "out of date" });
  expect(run("remove", "initial", "--yes").stderr).toContain("expected a generation of the catalogue, got initial");
  await rig.promote(restored);
  const client = await rig.open("green");
  await client.query("insert into events (by) values ('goes on')");
  await client.end();
});
