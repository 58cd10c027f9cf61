import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { WebSocket } from "ws";
import { drainName } from "../../../operations/router/drain.ts";
import { ask, echo, openSocket } from "./load.ts";
import { createRig, docker, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => rig.run());
afterAll(() => rig.remove());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const closing = (socket: WebSocket) =>
  new Promise<{ code: number; at: number }>((resolve) =>
    socket.once("close", (code) => resolve({ code, at: performance.now() })),
  );
const report = async (color: string) => (await rig.state()).drains.find((one) => one.color === color)!;

it("announces the deadline, then closes what is left at the pace, and counts it", async () => {
  const sockets = await Promise.all(Array.from({ length: 12 }, () => openSocket(rig.url)));
  expect((await rig.state()).status.colors.green.webSockets).toBe(12);
  const closed = sockets.map(closing);
  const begun = performance.now();
  const drain = { webSocketSeconds: 2, webSocketsPerSecond: 4, wait: true };
  await rig.run({ pointer: { color: "blue" }, drain });
  const ends = await Promise.all(closed);
  expect(ends.map(({ code }) => code)).toEqual(sockets.map(() => 1006));
  const seconds = ends.map(({ at }) => (at - begun) / 1000).sort((a, b) => a - b);
  expect(seconds[0]).toBeGreaterThan(1.5);
  expect(seconds[11]! - seconds[0]!).toBeGreaterThan(1.5);
  expect(await report("green")).toMatchObject({ state: "done", closed: 12, survivors: 0 });
  await rig.run();
  const hooks = JSON.parse((await ask(rig.url, { path: "/drains" })).body);
  expect(hooks[0]).toEqual({ deadline: expect.stringMatching(/^\d{4}-.*Z$/), reconnect_after: 3 });
});

it("is ended by a switch back, which keeps the WebSockets of the color that gets the traffic again", async () => {
  const socket = await openSocket(rig.url);
  await rig.run({ pointer: { color: "blue" }, drain: { webSocketSeconds: 2 } });
  expect((await docker.getContainer(drainName(rig.stack, "green")).inspect()).Config.Labels).toMatchObject({
    "switchback.stack": rig.stack,
    "switchback.role": "drain",
    "switchback.color": "green",
  });
  await rig.run();
  await pause(2500);
  expect(await echo(socket, "still here")).toBe("green still here");
  socket.close();
});

it("does not wait for the drain, and does not cut requests in flight before their budget", async () => {
  let answered = false;
  const slow = ask(rig.url, { path: "/?ms=6000" }).finally(() => {
    answered = true;
  });
  const tooSlow = ask(rig.url, { path: "/?ms=30000" });
  const socket = await openSocket(rig.url);
  const closed = closing(socket);
  await rig.run({ pointer: { color: "blue" }, drain: { httpSeconds: 9, webSocketSeconds: 1 } });
  expect(answered).toBe(false);
  expect(await slow).toMatchObject({ status: 200, color: "green" });
  expect(socket.readyState).toBe(socket.OPEN);
  await closed;
  expect(await tooSlow).toMatchObject({ status: 502 });
});

it("removes itself when nothing is left", async () => {
  await rig.run({ pointer: { color: "blue" }, drain: { wait: true } });
  await expect(docker.getContainer(drainName(rig.stack, "green")).inspect()).rejects.toThrow("no such container");
  expect(await report("green")).toMatchObject({ state: "done", closed: 0, survivors: 0 });
});

it("takes the place of a drain whose operation died before it could start", async () => {
  await docker.createContainer({
    name: drainName(rig.stack, "green"),
    Image: "switchback/router:1",
    Labels: { "switchback.stack": rig.stack, "switchback.test": "router" },
  });
  await rig.run({ pointer: { color: "blue" } });
  expect(rig.log.at(-1)).toBe("draining green");
});

it("drains a color that an operation left which died before the drain", async () => {
  const socket = await openSocket(rig.url);
  const { goal } = rig.goal({ pointer: { color: "blue" } });
  const begin = { op: "pend", epoch: "died", goal: "g", pointer: goal.pointer, targets: { colors: goal.colors } };
  await rig.write(begin);
  await rig.write({ op: "point", epoch: "died", pointer: goal.pointer });
  await rig.run({ pointer: { color: "blue" }, drain: { webSocketSeconds: 1, wait: true } });
  expect(socket.readyState).toBe(socket.CLOSED);
});

it("ends by itself when the router is gone", async () => {
  await openSocket(rig.url);
  await rig.run({ pointer: { color: "blue" }, drain: { webSocketSeconds: 60 } });
  await docker.getContainer(`${rig.stack}-router`).remove({ force: true });
  const drain = docker.getContainer(drainName(rig.stack, "green"));
  await expect.poll(() => drain.inspect().catch(({ statusCode }) => statusCode)).toBe(404);
});
