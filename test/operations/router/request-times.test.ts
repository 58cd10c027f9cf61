import { afterAll, beforeAll, expect, it } from "vitest";
import { readRequestTimes } from "../../../operations/router/request-times.ts";
import { ask, openSocket } from "./load.ts";
import { createRig, docker, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.run();
});
afterAll(() => rig?.remove());

it("tells how long each request of a color took, and of no WebSocket", async () => {
  const before = (await readRequestTimes(docker, rig.stack)).length;
  const begun = Date.now();
  await Promise.all([ask(rig.url, { path: "/slow?ms=700" }), ask(rig.url), ask(rig.url, { path: "/a%22b%20c" })]);
  const socket = await openSocket(rig.url);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close();
  await closed;
  await ask(rig.url, { path: "/last" });
  const logged = async () => (await readRequestTimes(docker, rig.stack)).slice(before);
  // Docker has a line a moment after its request.
  await expect.poll(logged).toHaveLength(4);
  const times = await logged();
  const { address } = rig.goal().goal.colors.green[0]!.replicas[0]!;
  expect(new Set(times.map(({ color, upstream }) => `${color} ${upstream}`))).toEqual(
    new Set([`green ${address}:8080`]),
  );
  const slow = times.filter(({ seconds }) => seconds >= 0.7);
  expect(slow).toHaveLength(1);
  expect(Math.abs(slow[0]!.began - begun)).toBeLessThan(2000);
});

it("reads only the end of a long log", async () => {
  await rig.sh(rig.router, 'curl -sZ --parallel-max 16 -o /dev/null "http://127.0.0.1:8080/n[1-6000]"');
  const times = await readRequestTimes(docker, rig.stack);
  expect(times.length).toBeGreaterThan(4900);
  expect(times.length).toBeLessThanOrEqual(5000);
});
