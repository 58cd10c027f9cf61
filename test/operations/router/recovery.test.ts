import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { readRouter } from "../../../operations/router/state.ts";
import { ask } from "./load.ts";
import { createRig, docker, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => rig.run());
afterAll(() => rig.remove());

const inRouter = (script: string) => rig.sh(rig.router, `cd /var/lib/switchback; ${script}`);

it("keeps the pointer across a restart of nginx", async () => {
  await rig.run({ pointer: { color: "blue" } });
  await rig.restart();
  expect(await ask(rig.url)).toMatchObject({ status: 200, color: "blue", release: "1.0.0" });
});

it("keeps the pointer across a kill -9 of nginx", async () => {
  await rig.run({ pointer: { color: "blue" } });
  await docker.getContainer(rig.router).kill({ signal: "SIGKILL" });
  await docker.getContainer(rig.router).start();
  await rig.restart();
  expect(await ask(rig.url)).toMatchObject({ status: 200, color: "blue" });
});

it.each([
  ["missing", "rm router.json"],
  ["truncated", "head -c 40 router.json > r; mv r router.json"],
  ["without a color", `echo '{"pointer":{"mode":"serve"}}' > router.json`],
])("answers 503 after a restart when router.json is %s, and the operation puts it right", async (_, damage) => {
  await inRouter(damage);
  expect((await ask(rig.url)).color).toBe("green");
  await rig.restart();
  expect(await ask(rig.url)).toMatchObject({ status: 503, color: undefined });
  const { memory, status } = await rig.state();
  expect([memory, status.mode]).toEqual([null, "maintenance"]);
  await rig.run();
  expect((await ask(rig.url)).color).toBe("green");
});

it("keeps serving from memory while router.json is missing, also during the operation that puts it right", async () => {
  await inRouter("rm router.json");
  expect((await rig.state()).file).toBeNull();
  rig.log.length = 0;
  await rig.run();
  expect(rig.log).toEqual(["confirmed: green 1.1.0"]);
  expect((await rig.state()).file!.marker!.pending).toBeNull();
});

it("refuses a configuration with a broken snippet in nginx's words, and the old one serves", async () => {
  const before = await rig.state();
  const failing = rig.run({ pointer: { color: "blue" }, plan: { platformSnippet: "gzipp on;" } });
  await expect(failing).rejects.toThrow(
    'expected nginx to accept the configuration, got: unknown directive "gzipp" in nginx.conf:17; correct the snippet in sets/, then `up`',
  );
  const after = await rig.state();
  expect([after.configHash, after.file]).toEqual([before.configHash, before.file]);
  expect((await ask(rig.url)).color).toBe("green");
});

it("keeps the pointer when it installs a new configuration", async () => {
  await rig.run({ pointer: { color: "blue" } });
  await rig.run({ pointer: { color: "blue" }, plan: { platformSnippet: "gzip on;" } });
  expect(await inRouter("cat nginx.conf")).toContain("gzip on;");
  expect((await ask(rig.url)).color).toBe("blue");
});

it("answers 503 when the installed configuration is refused at boot, and the operation puts it right", async () => {
  await inRouter("echo 'broken;' > nginx.conf");
  await rig.restart();
  expect(await ask(rig.url)).toMatchObject({ status: 503 });
  await rig.run();
  expect((await ask(rig.url)).color).toBe("green");
});

it("changes nothing when the volume is full, and works again when it is not", async () => {
  const small = await createRig({ volume: { type: "tmpfs", device: "tmpfs", o: "size=128k,uid=10001" } });
  try {
    await small.run();
    await small.sh(small.router, "head -c 1M /dev/zero > /var/lib/switchback/filler || true");
    await expect(small.run({ pointer: { color: "blue" } })).rejects.toThrow("with 0 KiB free on its volume; make room");
    expect((await ask(small.url)).color).toBe("green");
    expect((await small.state()).file).toMatchObject({ pointer: { color: "green" }, marker: { pending: null } });
    await small.sh(small.router, "rm /var/lib/switchback/filler");
    await small.run({ pointer: { color: "blue" } });
    expect((await ask(small.url)).color).toBe("blue");
  } finally {
    await small.remove();
  }
});

it("tells a router that does not run from one that is not there", async () => {
  expect(await readRouter(docker, "no-such-stack")).toEqual({ kind: "absent" });
  await docker.getContainer(rig.router).stop({ t: 1 });
  expect(await readRouter(docker, rig.stack)).toMatchObject({ kind: "unreadable" });
  await docker.getContainer(rig.router).start();
  await rig.restart();
});
