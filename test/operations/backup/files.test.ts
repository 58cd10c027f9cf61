import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../operations/backup/catalogue.ts";
import { restoreFiles } from "../../../operations/backup/restore-files.ts";
import { execOk } from "../../../operations/live/docker.ts";
import { runOneShot } from "../../../operations/live/one-shot.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

const passPhrase = "a long pass phrase of the canary";
let rig: Rig;
let uploads: { service: string; volume: string; name: string };
beforeAll(async () => {
  rig = await createRig({
    repository: `[global]\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=${passPhrase}\n`,
  });
  uploads = { service: "orders", volume: "uploads", name: `${rig.stack}-orders-uploads` };
  await docker.createVolume({ Name: uploads.name, Labels: { "switchback.stack": rig.stack } });
  await write(
    "mkdir -m 750 a; echo tea >a/one; ln -s a/one link; head -c 3000000 /dev/urandom >big; chown -R 4711:4712 a .",
  );
});
afterAll(() => rig?.remove());

const last = async () => (await readPoints(docker, rig.stack)).at(-1)!;

/** Runs a shell line in a volume, as root. */
async function write(script: string, volume = uploads.name): Promise<string> {
  const { exitCode, stdout, stderr } = await runOneShot(docker, {
    name: `${rig.stack}-write`,
    stack: rig.stack,
    role: "test",
    image: "switchback/database:1",
    user: "0",
    network: "none",
    argv: ["sh", "-euc", `cd /data; ${script}`],
    capabilities: ["CHOWN", "DAC_OVERRIDE", "FOWNER"],
    volumes: [{ name: volume, path: "/data" }],
  });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}

const inBackups = (script: string) => write(script, `${rig.stack}-backups`);

/** Names, kinds, owners, modes, times and contents of everything in a volume. */
const listed = (volume: string) =>
  write(
    `find . -printf '%P %y %U:%G %m %T@ %l\\n' | sort; find . -type f -exec sha256sum {} + | sort; stat -c %U:%a .`,
    volume,
  );

const restore = async (change: { service?: string; volume?: string; toVolume?: string } = {}) =>
  restoreFiles({
    docker,
    stack: rig.stack,
    container: rig.container,
    point: await last(),
    ...uploads,
    toVolume: `${rig.stack}-restored`,
    ...change,
  });

it("a point has the files of a volume; one that is not there yet has none", async () => {
  const absent = { service: "orders", volume: "new", name: `${rig.stack}-orders-new` };
  await rig.backup({ files: [uploads, absent] });
  const { files, at } = await last();
  expect(files).toEqual([
    {
      service: "orders",
      volume: "uploads",
      snapshot: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: expect.any(String),
      files: 2,
      bytes: 3_000_004,
      added: expect.any(Number),
      consistent: true,
    },
  ]);
  expect(Math.abs(Date.parse(files[0]!.at) - Date.parse(at))).toBeLessThan(15_000);
  await expect(docker.getVolume(absent.name).inspect()).rejects.toThrow("no such volume");
});

it("saving again costs what has changed", async () => {
  await write("echo coffee >a/two");
  await rig.backup({ files: [uploads] });
  const [saved] = (await last()).files;
  expect(saved).toMatchObject({ files: 3, consistent: true });
  expect(saved!.added).toBeLessThan(100_000);
});

it("they come back into a new volume, all as they were, and the volume in use is not touched", async () => {
  const before = await listed(uploads.name);
  await write("echo worse >a/one; rm big");
  const during = await listed(uploads.name);
  expect(await restore()).toMatchObject({ files: 3, bytes: 3_000_011 });
  expect(await listed(`${rig.stack}-restored`)).toBe(before);
  expect(await listed(uploads.name)).toBe(during);
  await expect(docker.getVolume(`${rig.stack}-restored`).remove()).rejects.toThrow("volume is in use");
});

it("nothing is written over a volume that exists, and a volume that no point has is named", async () => {
  await expect(restore()).rejects.toThrow(/expected \S+-restored to be a new volume, got one that exists/);
  await expect(restore({ volume: "other", toVolume: `${rig.stack}-more` })).rejects.toThrow(
    /expected files of orders\/other in safety-\S+, got orders\/uploads/,
  );
});

it("the repository cannot be read without the pass phrase, which nobody sees", async () => {
  const open = (how: string) =>
    inBackups(
      `restic --no-cache --no-lock --repo=files/repository ${how} snapshots >/dev/null 2>&1 && echo open || echo closed`,
    );
  expect(await open("--insecure-no-password")).toBe("closed\n");
  expect(await open(`--password-command 'echo ${passPhrase}'`)).toBe("open\n");
  const catalogue = await execOk(docker, `${rig.stack}-records`, ["sh", "-c", "cat /records/points/*.json"]);
  expect(catalogue).not.toContain(passPhrase);
});

it("while a volume takes longer than it may, the point stands on the last copy; without one, or with one too old, nothing is saved", async () => {
  await write("truncate -s 20G sparse");
  await rig.backup({ files: [uploads], fileSeconds: 1 });
  const { files, at } = await last();
  expect(files[0]).toMatchObject({ files: 3 });
  expect(Date.parse(files[0]!.at)).toBeLessThan(Date.parse(at));
  const before = await last();
  const other = { service: "orders", volume: "other", name: uploads.name };
  await expect(rig.backup({ files: [other], fileSeconds: 1 })).rejects.toThrow(
    /expected to save the files of orders\/other within 1 s, got no whole copy yet; nothing has moved/,
  );
  await inBackups(`cd files/last; sed -i 's/"at":"20../"at":"2006/' *`);
  await expect(rig.backup({ files: [uploads], fileSeconds: 1 })).rejects.toThrow(
    /expected to save .* within 1 s, or a copy of at most 6 h, got one of \d+\.\d h; nothing has moved/,
  );
  expect((await last()).name).toBe(before.name);
  await write("rm sparse");
});

it("a copy that has rotted is not given back, and leaves no volume", async () => {
  await rig.backup({ files: [uploads] });
  await inBackups(
    `cd files/repository/data; chmod -R u+w .; for f in $(find . -type f); do printf x | dd of="$f" bs=1 seek=100 conv=notrunc status=none; done`,
  );
  await expect(restore({ toVolume: `${rig.stack}-rotten` })).rejects.toThrow(/expected to restore snapshot/);
  await expect(docker.getVolume(`${rig.stack}-rotten`).inspect()).rejects.toThrow("no such volume");
});
