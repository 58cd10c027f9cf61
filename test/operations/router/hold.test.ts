import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ask, echo, openSocket } from "./load.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => rig.run());
afterAll(() => rig.remove());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const route = (words: string) => rig.sh(rig.router, `switchback-route ${words}`);
const seconds = async (work: Promise<unknown>) => {
  const begun = performance.now();
  await work;
  return (performance.now() - begun) / 1000;
};

it("lets requests with bodies of 100 kB wait and answers them from the new color, whole", async () => {
  await route("hold --seconds 4 --then green");
  const bodies = Array.from({ length: 100 }, () => randomBytes(100_000));
  const asked = bodies.map((body) => ask(rig.url, { method: "POST", body }));
  await pause(500);
  expect((await rig.state()).status.held.now).toBe(100);
  await rig.run({ pointer: { color: "blue" } });
  const replies = await Promise.all(asked);
  expect(replies.map(({ status, color }) => `${status} ${color}`)).toEqual(bodies.map(() => "200 blue"));
  const hashes = bodies.map((body) => createHash("sha256").update(body).digest("hex"));
  expect(replies.map(({ body }) => JSON.parse(body).sha)).toEqual(hashes);
  expect((await rig.state()).status).toMatchObject({ hold: null, held: { now: 0 } });
});

it("lets 600 requests wait for seconds within its memory limit, and loses none", async () => {
  await route("hold --seconds 8 --then green");
  const asked = Array.from({ length: 600 }, () => ask(rig.url));
  await pause(3000);
  expect((await rig.state()).status.held.now).toBe(600);
  await route("release");
  expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
});

it("lets a WebSocket upgrade wait too", async () => {
  await route("hold --seconds 4 --then green");
  const opening = openSocket(rig.url);
  await pause(300);
  await rig.run({ pointer: { color: "blue" } });
  const socket = await opening;
  expect(await echo(socket, "hello")).toBe("blue hello");
  socket.close();
});

it("releases to the color that serves", async () => {
  await route("hold --seconds 4 --then blue");
  const asked = ask(rig.url);
  await pause(200);
  await route("release");
  expect(await asked).toMatchObject({ status: 200, color: "green" });
});

it("lets the lease run out to the color that it names, with nobody there to end it", async () => {
  await route("hold --seconds 1 --then blue");
  const asked = ask(rig.url);
  expect(await seconds(asked)).toBeGreaterThan(0.5);
  expect(await asked).toMatchObject({ status: 200, color: "blue", release: "1.0.0" });
  const { memory, file, status } = await rig.state();
  expect(memory!.color).toBe("blue");
  expect(file!.pointer.color).toBe("green");
  expect(status).toMatchObject({ color: "blue", hold: { holding: false } });
});

it("lets the lease run out to maintenance", async () => {
  await route("hold --seconds 1 --then maintenance");
  expect(await ask(rig.url)).toMatchObject({ status: 503, headers: { "retry-after": "7" } });
  expect((await rig.state()).memory!.mode).toBe("maintenance");
});

it("answers 503 with Retry-After at the bound when the lease is longer", async () => {
  await rig.run({ plan: { holdMaxSeconds: 1 } });
  await route("hold --seconds 20 --then green");
  const asked = ask(rig.url, { method: "POST", body: Buffer.alloc(100_000) });
  expect(await seconds(asked)).toBeLessThan(10);
  expect(await asked).toMatchObject({ status: 503, color: undefined, headers: { "retry-after": "1" } });
  expect((await rig.state()).status.held).toMatchObject({ now: 0, refused: 1 });
});

it("keeps the hold across a restart of nginx, and its end too", async () => {
  await route("hold --seconds 30 --then green");
  await rig.restart();
  const asked = ask(rig.url);
  await pause(300);
  expect((await rig.state()).status.held.now).toBe(1);
  await route("release");
  expect((await asked).status).toBe(200);
});

it("takes a lease of any fraction of a second, and reads it back as it was written", async () => {
  const asked = [0.1234567, 0.3333333, 1.0049999].map((seconds) =>
    JSON.stringify({ op: "hold", seconds, then: "green" }),
  );
  for (const line of asked) {
    const { file } = JSON.parse(await rig.sh(rig.router, `printf '%s\\n' '${line}' | switchback-state`));
    expect(Number.isInteger(file.hold.until)).toBe(true);
  }
  await route("release");
});
