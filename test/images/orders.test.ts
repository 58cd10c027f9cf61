import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { connect, exec } from "../../operations/live/docker.ts";
import { removeLabelled } from "../../scripts/leftovers.ts";
import { projectImages } from "../../scripts/setup/images.ts";

const docker = connect();
const label = `orders-${randomBytes(3).toString("hex")}`;

beforeAll(async () => {
  for (const step of projectImages) if (!(await step.check()).done) await step.run(() => {});
}, 300_000);
afterAll(() => removeLabelled(docker, [`switchback.test=${label}`]));

async function start(release: string, env: Record<string, string> = {}) {
  const container = await docker.createContainer({
    Image: `switchback/orders:${release}`,
    Env: Object.entries({ SWITCHBACK_COLOR: "blue", ...env }).map(([key, value]) => `${key}=${value}`),
    Labels: { "switchback.test": label },
    ExposedPorts: { "8080/tcp": {} },
    HostConfig: { PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] }, Init: true },
  });
  await container.start();
  const { NetworkSettings } = await container.inspect();
  const base = `127.0.0.1:${NetworkSettings.Ports["8080/tcp"]?.[0]?.HostPort}`;
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`http://${base}/live`).catch(() => undefined)) break;
    await sleep(50);
  }
  return { container, base, get: (path: string) => fetch(`http://${base}${path}`) };
}

function open(base: string): Promise<{ socket: WebSocket; messages: string[]; closed: Promise<number> }> {
  const socket = new WebSocket(`ws://${base}/ws`);
  const messages: string[] = [];
  socket.on("message", (data) => messages.push(data.toString()));
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  return new Promise((resolve, reject) => {
    socket.on("open", () => resolve({ socket, messages, closed }));
    socket.on("error", reject);
  });
}

test("each release says its own name, and 1.1.0 gives an order a currency", async () => {
  const [old, recent] = await Promise.all([start("1.0.0"), start("1.1.0")]);
  const order = { method: "POST", body: JSON.stringify({ id: "7", item: "tea" }) };
  expect(await (await old.get("/version")).json()).toMatchObject({ release: "1.0.0", color: "blue", secret: false });
  expect(await (await recent.get("/version")).json()).toMatchObject({ release: "1.1.0" });
  const made = await Promise.all(
    [old, recent].map(async ({ base }) => (await fetch(`http://${base}/orders`, order)).json()),
  );
  expect(made).toEqual([
    { id: "7", item: "tea" },
    { id: "7", item: "tea", currency: "EUR" },
  ]);
  expect(await (await recent.get("/orders")).json()).toEqual({ orders: [made[1]] });
});

test("without a database orders are kept in memory, the newest thousand, each found by its id", async () => {
  const { base, get } = await start("2.1.0");
  const post = (order: object) => fetch(`http://${base}/orders`, { method: "POST", body: JSON.stringify(order) });
  for (const price of [1, 2]) await post({ id: `${price}`, price, discount_cents: 5 });
  const first = { id: "1", item: "unnamed", currency: "EUR", price: 1, price_cents: 100, discount_cents: 5 };
  expect(await (await get("/orders/1")).json()).toEqual(first);
  expect(await (await get("/orders?limit=1")).json()).toMatchObject({ orders: [{ id: "2" }] });
  expect((await get("/orders/3")).status).toBe(404);
  expect((await post({ id: "1", price: 9 })).status).toBe(409);
});

test("it is live before it is ready, and never ready when told so", async () => {
  const late = await start("1.0.0", { ORDERS_READY_DELAY_MS: "1500" });
  expect((await late.get("/live")).status).toBe(200);
  expect((await late.get("/ready")).status).toBe(503);
  await sleep(1600);
  expect((await late.get("/ready")).status).toBe(200);
  const never = await start("1.0.0", { ORDERS_NEVER_READY: "1" });
  expect((await never.get("/live")).status).toBe(200);
  expect((await never.get("/ready")).status).toBe(503);
});

test("it runs as another user than root and its health check passes", async () => {
  const { container } = await start("1.0.0");
  expect((await exec(docker, container.id, ["id", "-u"])).stdout.trim()).toBe("10001");
  expect((await exec(docker, container.id, ["node", "healthcheck.js"])).exitCode).toBe(0);
});

test("the drain hook announces, then closes each WebSocket with a close frame before the deadline", async () => {
  const { base } = await start("1.1.0");
  const clients = await Promise.all([open(base), open(base), open(base)]);
  const deadline = Date.now() + 2000;
  const hook = { deadline: new Date(deadline).toISOString(), reconnect_after: 0.2 };
  const answer = await fetch(`http://${base}/drain`, { method: "POST", body: JSON.stringify(hook) });
  expect(await answer.json()).toEqual({ announced: 3 });
  expect(await Promise.all(clients.map(({ closed }) => closed))).toEqual([1012, 1012, 1012]);
  expect(Date.now()).toBeLessThan(deadline);
  for (const { messages } of clients) expect(messages).toContain(JSON.stringify({ type: "reconnect", after: 0.2 }));
});

test("a drain hook without a deadline is refused", async () => {
  const { base } = await start("1.1.0");
  const answer = await fetch(`http://${base}/drain`, { method: "POST", body: "{}" });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toEqual({ error: 'expected deadline to be an RFC 3339 time, got "undefined"' });
});

test("on SIGTERM a slow request ends well, a WebSocket gets 1001 and the process exits 0", async () => {
  const { container, base, get } = await start("1.0.0");
  const client = await open(base);
  const slow = get("/slow?ms=1500");
  await sleep(200);
  await container.kill({ signal: "SIGTERM" });
  expect(await client.closed).toBe(1001);
  expect(await (await slow).json()).toEqual({ slept: 1500 });
  expect((await container.wait()).StatusCode).toBe(0);
});
