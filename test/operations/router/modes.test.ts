import { Agent } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, openSocket } from "./load.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => rig.run());
afterAll(() => rig.remove());

const bluesOf = async (count: number, headers: Record<string, string> = {}) => {
  let blue = 0;
  const lane = async (share: number) => {
    const agent = new Agent({ keepAlive: true });
    for (let i = 0; i < share; i++) if ((await ask(rig.url, { headers, agent })).color === "blue") blue++;
    agent.destroy();
  };
  await Promise.all(Array.from({ length: 16 }, () => lane(count / 16)));
  return blue;
};

describe("canary", () => {
  it("sends its percent of 10,000 requests to the other color, within binomial error", async () => {
    await rig.run({ pointer: { canary: { percent: 10, sticky: false } } });
    // Four standard deviations: 4 * sqrt(10000 * 0.1 * 0.9) = 120.
    expect(Math.abs((await bluesOf(10_000)) - 1000)).toBeLessThan(120);
  });

  it("keeps a sticky client on the color it got, and a raised percent only adds clients", async () => {
    await rig.run({ pointer: { canary: { percent: 50, sticky: true } } });
    const first = await ask(rig.url);
    const cookie = first.headers["set-cookie"]![0]!.split(";")[0]!;
    expect(cookie).toMatch(/^switchback_canary=\d{1,4}$/);
    const again = await ask(rig.url, { headers: { cookie } });
    expect(again.headers["set-cookie"]).toBeUndefined();
    expect(await bluesOf(160, { cookie })).toBe(first.color === "blue" ? 160 : 0);
    expect(await bluesOf(32, { cookie: "switchback_canary=4999" })).toBe(32);
    expect(await bluesOf(32, { cookie: "switchback_canary=5000" })).toBe(0);
  });

  it("needs the whole gate", async () => {
    await rig.sh(`${rig.stack}-blue-web-1`, "touch /tmp/sick");
    const failing = rig.run({ pointer: { canary: { percent: 1, sticky: false } }, gate: { timeoutSeconds: 0 } });
    await expect(failing).rejects.toThrow("expected blue to be ready");
    expect(await bluesOf(160)).toBe(0);
    await rig.sh(`${rig.stack}-blue-web-1`, "rm /tmp/sick");
  });

  it("counts requests and errors of each color since the switch", async () => {
    await rig.run({ pointer: { canary: { percent: 50, sticky: true } } });
    const before = (await rig.state()).status.colors;
    for (let i = 0; i < 6; i++) await ask(rig.url, { path: "/error", headers: { cookie: "switchback_canary=1" } });
    for (let i = 0; i < 4; i++) await ask(rig.url, { headers: { cookie: "switchback_canary=9999" } });
    const { blue, green } = (await rig.state()).status.colors;
    expect([blue.requests - before.blue.requests, blue.errors - before.blue.errors]).toEqual([6, 6]);
    expect([green.requests - before.green.requests, green.errors - before.green.errors]).toEqual([4, 0]);
  });
});

describe("maintenance", () => {
  it("answers 503 with the page and Retry-After", async () => {
    await rig.run({ pointer: { mode: "maintenance" } });
    const reply = await ask(rig.url, { method: "POST", body: "x" });
    expect(reply).toMatchObject({ status: 503, color: undefined, body: '<h1>Back "soon" for $5</h1>' });
    expect(reply.headers).toMatchObject({ "retry-after": "7", "content-type": "text/html" });
    await expect(openSocket(rig.url)).rejects.toThrow("503");
  });

  it("lets a signed header or cookie through until it expires, and nothing else", async () => {
    await rig.run({ pointer: { mode: "maintenance" } });
    const token = (await rig.sh(rig.router, "switchback-bypass --minutes 30")).trim();
    const header = await ask(rig.url, { path: "/headers", headers: { "X-Switchback-Bypass": token } });
    expect(header).toMatchObject({ status: 200, color: "green" });
    expect(JSON.parse(header.body)).not.toHaveProperty("x-switchback-bypass");
    expect((await ask(rig.url, { headers: { cookie: `a=b; switchback_bypass=${token}` } })).status).toBe(200);
    const [expiry, signature] = token.split(".") as [string, string];
    const forged = [
      `${Number(expiry) + 60}.${signature}`,
      `${expiry}.${"0".repeat(64)}`,
      `${expiry}.`,
      "x",
      (await rig.sh(rig.router, bypassOf("1000000000"))).trim(),
    ];
    for (const bad of forged) {
      expect((await ask(rig.url, { headers: { "X-Switchback-Bypass": bad } })).status).toBe(503);
    }
  });

  it("ends by the same operation, through the gate", async () => {
    await rig.run({ pointer: { mode: "maintenance" } });
    rig.log.length = 0;
    await rig.run();
    expect(rig.log).toContain("gate: green ready 1/1");
    expect((await ask(rig.url)).status).toBe(200);
  });
});

describe("isolate", () => {
  it("answers 503 to everything, with no way past it, and asks no gate", async () => {
    await rig.sh(`${rig.stack}-green-web-1`, "touch /tmp/sick");
    const token = (await rig.sh(rig.router, "switchback-bypass --minutes 30")).trim();
    await rig.run({ pointer: { mode: "isolate" } });
    await rig.sh(`${rig.stack}-green-web-1`, "rm /tmp/sick");
    const tried: Record<string, string>[] = [
      {},
      { "X-Switchback-Bypass": token },
      { cookie: `switchback_bypass=${token}` },
    ];
    for (const headers of tried) {
      expect(await ask(rig.url, { headers })).toMatchObject({ status: 503, color: undefined, body: "Isolated.\n" });
    }
  });

  it("cuts what is open, and announces nothing to the color", async () => {
    const socket = await openSocket(rig.url);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    const drains = (await hooks()).length;
    await rig.run({ pointer: { mode: "isolate" }, drain: { wait: true } });
    expect(await closed).toBe(1006);
    await rig.run();
    expect(await hooks()).toHaveLength(drains);
  });
});

const hooks = async () => JSON.parse((await ask(rig.url, { path: "/drains" })).body) as unknown[];
const bypassOf = (expiry: string) =>
  `curl -s --unix-socket /run/switchback/control.sock -d ${expiry} http://r/.switchback/bypass`;
