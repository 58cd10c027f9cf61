import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, startLoad } from "./load.ts";
import { createRig, docker, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.remove());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it("answers 503 before the first operation, and serves after it", async () => {
  expect(await ask(rig.url)).toMatchObject({ status: 503, color: undefined });
  expect(await rig.run({ epoch: "one" })).toMatchObject({ color: "green", release: "1.1.0" });
  expect(await ask(rig.url)).toMatchObject({ status: 200, color: "green", release: "1.1.0" });
  const { file, memory } = await rig.state();
  expect(file!.marker).toMatchObject({ epoch: "one", pending: null });
  expect(file!.pointer).toEqual(memory);
  expect(rig.journal.map(({ event, from, to }) => [event, from, to])).toEqual([
    ["switching", "maintenance", "green 1.1.0"],
    ["switched", "maintenance", "green 1.1.0"],
  ]);
});

it("only confirms a goal that holds", async () => {
  rig.log.length = 0;
  const lines = rig.journal.length;
  const { since } = (await rig.state()).status;
  await rig.run({ epoch: "two" });
  expect(rig.log).toEqual(["confirmed: green 1.1.0"]);
  expect(rig.journal).toHaveLength(lines);
  const { file, status } = await rig.state();
  expect(status.since).toBe(since);
  expect(file!.marker!.epoch).toBe("two");
});

it("loses no request when it switches under keep-alive, POST, new-connection and slow load", async () => {
  const load = startLoad(rig.url);
  const times: number[] = [];
  for (const color of ["blue", "green", "blue", "green", "blue", "green"] as const) {
    await pause(400);
    times.push((await rig.run({ pointer: { color } })).moveSeconds);
  }
  const { requests, failures, byColor } = await load.stop();
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(500);
  expect(Object.keys(byColor).sort()).toEqual(["blue", "green"]);
  expect(Math.max(...times)).toBeLessThan(1);
  const { colors } = (await rig.state()).status;
  expect([colors.blue.httpInFlight, colors.green.httpInFlight]).toEqual([0, 0]);
});

it("sends no new request to the color that was left", async () => {
  await rig.run({ pointer: { color: "blue" } });
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(rig.url)));
  expect(new Set(answers.map(({ color }) => color))).toEqual(new Set(["blue"]));
  await rig.run();
});

it("keeps a request of the color that was left until it has answered", async () => {
  const slow = ask(rig.url, { path: "/?ms=3000" });
  await pause(200);
  await rig.run({ pointer: { color: "blue" }, drain: { webSocketSeconds: 1 } });
  expect(await slow).toMatchObject({ status: 200, color: "green" });
  await rig.run();
});

it("asks once more where a target that answers left one request without an answer", async () => {
  await rig.sh(`${rig.stack}-blue-web-1`, "touch /tmp/late");
  await rig.run({ pointer: { color: "blue" } });
  expect(await ask(rig.url)).toMatchObject({ status: 200, color: "blue" });
  await expect(rig.sh(`${rig.stack}-blue-web-1`, "ls /tmp/late")).rejects.toThrow(/No such file/);
  await rig.run();
});

it("refuses a color that is not ready, and changes nothing", async () => {
  await rig.sh(`${rig.stack}-blue-web-1`, "touch /tmp/sick");
  const before = (await rig.state()).file!;
  const failing = rig.run({ pointer: { color: "blue" }, gate: { timeoutSeconds: 1 } });
  await expect(failing).rejects.toThrow(
    `expected blue to be ready within 1 s, got ${rig.stack}-blue-web-1: /ready answered 503`,
  );
  const after = (await rig.state()).file!;
  expect(after).toEqual(before);
  expect(rig.journal.at(-1)).toMatchObject({ event: "failed", from: "green 1.1.0", to: "blue 1.0.0" });
  expect((await ask(rig.url)).color).toBe("green");
  await rig.sh(`${rig.stack}-blue-web-1`, "rm /tmp/sick");
});

it("refuses a color that runs another image than the recorded one", async () => {
  const [service] = rig.goal().goal.colors.blue;
  const colors = { blue: [{ ...service!, image: `sha256:${"0".repeat(64)}` }] };
  await expect(rig.run({ pointer: { color: "blue" }, colors })).rejects.toThrow("to run the recorded image");
  expect((await ask(rig.url)).color).toBe("green");
});

it("refuses a color that is absent", async () => {
  await expect(rig.run({ pointer: { color: "blue" }, colors: { blue: [] } })).rejects.toThrow(
    "expected services on blue to send traffic to, got none",
  );
});

it("puts the old state and configuration back when the target does not answer through the router", async () => {
  const before = await rig.state();
  const { nginxConf } = rig.goal();
  const broken = rig.goal({ plan: { colors: brokenOn("blue") } });
  expect(broken.nginxConf).not.toBe(nginxConf);
  const failing = rig.run({ pointer: { color: "blue" }, plan: { colors: brokenOn("blue") } });
  await expect(failing).rejects.toThrow("web (GET /ready): expected blue to answer through the router, got 503");
  const after = await rig.state();
  expect(after.file!.pointer).toEqual(before.file!.pointer);
  expect(after.file!.marker).toEqual(before.file!.marker);
  expect(after.configHash).toBe(before.configHash);
  expect((await ask(rig.url)).color).toBe("green");
});

it("leaves a color that is dead", async () => {
  const green = docker.getContainer(`${rig.stack}-green-web-1`);
  await green.kill();
  expect([502, 504]).toContain((await ask(rig.url)).status);
  await rig.run({ pointer: { color: "blue" } });
  expect(await ask(rig.url)).toMatchObject({ status: 200, color: "blue" });
  await green.start();
  await rig.run();
});

it("refuses an effect whose epoch is not the pending one", async () => {
  const { pointer } = rig.goal().goal;
  await rig.write({ op: "pend", epoch: "newer", goal: "g", pointer, targets: { colors: rig.goal().goal.colors } });
  const stale = rig.write({ op: "point", epoch: "older", pointer: { ...pointer, color: "blue" } });
  await expect(stale).rejects.toThrow("epoch older may not act: pending names newer");
  const nothing = rig.sh(rig.router, "echo 'events {}' | switchback-install older");
  await expect(nothing).rejects.toThrow("epoch older may not act: pending names newer");
  expect((await ask(rig.url)).color).toBe("green");
});

it("settles what an operation left that died between pointer and marker", async () => {
  const { pointer } = rig.goal().goal;
  await rig.write({ op: "point", epoch: "newer", pointer: { ...pointer, color: "blue" } });
  expect((await rig.state()).file!.marker!.pending).toMatchObject({ epoch: "newer" });
  await rig.run();
  const { file } = await rig.state();
  expect(file!.pointer.color).toBe("green");
  expect(file!.marker!.pending).toBeNull();
});

it("puts a pointer right that was flipped in memory alone", async () => {
  const { file } = await rig.state();
  const flipped = JSON.stringify({ ...file, pointer: { ...file!.pointer, color: "blue" } });
  await rig.sh(
    rig.router,
    `curl -sf --unix-socket /run/switchback/control.sock -d '${flipped}' http://r/.switchback/state >/dev/null`,
  );
  expect((await ask(rig.url)).color).toBe("blue");
  expect((await rig.state()).memory!.color).toBe("blue");
  await rig.run();
  expect((await ask(rig.url)).color).toBe("green");
});

function brokenOn(color: "blue" | "green") {
  const routed = (side: "blue" | "green") => ({
    snippet: side === color ? "return 503;" : "",
    services: rig.goal().goal.colors[side].map(({ name, port, route, replicas }) => ({
      name,
      port,
      route: route!,
      webSockets: ["/ws"],
      addresses: replicas.map(({ address }) => address),
    })),
  });
  return { blue: routed("blue"), green: routed("green") };
}
