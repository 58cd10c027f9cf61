import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "tar-stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import { collect } from "../../../operations/gc.ts";
import { connect } from "../../../operations/live/docker.ts";
import { readJournal } from "../../../operations/live/journal.ts";
import { ensureRecords, inRecords, writeRecord } from "../../../operations/live/records.ts";
import { removeLabelled } from "../../../scripts/leftovers.ts";
import { followed } from "../../../scripts/setup/progress.ts";

const docker = connect();
const stack = `gc-${randomBytes(3).toString("hex")}`;
const repository = `switchback-test/${stack}`;
const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), `${stack}-`));

async function build(tag: string): Promise<string> {
  const context = pack();
  context.entry({ name: "Dockerfile" }, `FROM debian:trixie-slim\nLABEL release=${tag}\n`);
  context.finalize();
  const stream = context as unknown as NodeJS.ReadableStream;
  const reference = `${repository}:${tag}`;
  await followed(docker, await docker.buildImage(stream, { t: reference, labels: { "switchback.test": stack } }));
  return (await docker.getImage(reference).inspect()).Id;
}

const write = (file: string, text: string) => {
  mkdirSync(join(folder, file, ".."), { recursive: true });
  writeFileSync(join(folder, file), text);
};

beforeAll(async () => {
  const ids = Object.fromEntries(
    await Promise.all(["91.0.0", "92.0.0", "93.0.0"].map(async (tag) => [`${repository}:${tag}`, await build(tag)])),
  );
  write(".switchback/images.json", JSON.stringify(ids));
  write("releases/92.0.0.yaml", "services: {web: {local: true}}\nreleaseSet: web\n");
  write(
    `Pulumi.${stack}.yaml`,
    `config:\n  switchback:services: {web: {image: ${repository}}}\n  switchback:platform: {set: platform}\n`,
  );
  for (const set of ["web", "old"]) write(`sets/${set}/set.yaml`, "env: {}\n");
  for (const set of ["platform", "former"]) write(`sets/${set}/maintenance.html`, "later");
  process.chdir(folder);
  await ensureRecords(docker, stack);
  await inRecords(docker, stack, "mkdir -p points", []);
  const point = { kind: "safety", generation: "initial", sets: { blue: "web-01234567", green: null } };
  const before = { ...point, name: "safety-1", at: "2026-01-01T00:00:00Z", releases: { blue: "91.0.0", green: null } };
  await writeRecord(docker, stack, "points/safety-1.json", `${JSON.stringify(before)}\n`);
});

afterAll(async () => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
  await removeLabelled(docker, [`switchback.stack=${stack}`]);
  for (const { Id } of await docker.listImages({ filters: { label: [`switchback.test=${stack}`] } }))
    await docker.getImage(Id).remove({ force: true });
});

const run = async (yes: boolean) =>
  (await collect(docker, stack, yes, () => {})).map(({ kind, name }) => `${kind} ${name}`);
const tags = async () =>
  (await docker.listImages({ filters: { reference: [repository] } })).flatMap(({ RepoTags }) => RepoTags ?? []).sort();

it("names what no release and no backup point needs, and changes nothing without --yes", async () => {
  expect(await run(false)).toEqual([`image ${repository}:93.0.0`, "set sets/old"]);
  expect(await tags()).toHaveLength(3);
  expect(existsSync("sets/old")).toBe(true);
});

it("with --yes removes exactly that, and records it", async () => {
  await run(true);
  expect(await tags()).toEqual([`${repository}:91.0.0`, `${repository}:92.0.0`]);
  expect([existsSync("sets/old"), existsSync("sets/web"), existsSync("sets/former")]).toEqual([false, true, true]);
  expect((await readJournal(docker, stack)).at(-1)).toMatchObject({
    event: "gc",
    removed: [`image ${repository}:93.0.0`, "set sets/old"],
  });
  expect(await run(false)).toEqual([]);
});

it("keeps an image that a container has, although its release is gone", async () => {
  rmSync("releases/92.0.0.yaml");
  const labels = { "switchback.stack": stack, "switchback.test": stack };
  const container = await docker.createContainer({ Image: `${repository}:92.0.0`, Cmd: ["true"], Labels: labels });
  expect(await run(false)).toEqual([]);
  await container.remove();
  expect(await run(false)).toEqual([`image ${repository}:92.0.0`]);
});
