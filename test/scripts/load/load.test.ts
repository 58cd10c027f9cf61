import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { startLoad } from "../../../scripts/load/load.ts";
import { totals } from "../../../scripts/load/result.ts";

let server: Server;
let clients: Set<WebSocket>;
afterEach(() => {
  for (const client of clients) client.terminate();
  server.close();
  server.closeAllConnections();
});

/** A stand-in for the router: every `failEvery`-th request is answered with 502, or its connection is cut. */
async function router(fail: { every: number; how: "502" | "cut" } | undefined): Promise<string> {
  let count = 0;
  server = createServer((request, response) => {
    const failing = fail && ++count % fail.every === 0;
    if (failing && fail.how === "cut") return void request.socket.destroy();
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const status = failing ? 502 : request.method === "POST" ? 201 : 200;
      response.writeHead(status, { "x-switchback-color": "blue" });
      setTimeout(() => response.end(body), request.url?.startsWith("/slow") ? 300 : 0);
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  clients = sockets.clients;
  server.on("upgrade", (request, socket, head) =>
    sockets.handleUpgrade(request, socket as Socket, head, (client) => client.on("error", () => {})),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("the load keeps its rate, records colors and finds no failure where there is none", async () => {
  const load = await startLoad({ url: await router(undefined), webSockets: 5 });
  await sleep(2000);
  const { requests, webSockets } = await load.stop();
  expect(requests.length).toBeGreaterThan(350);
  expect(totals(requests)).toMatchObject({ failed: 0, failures: {} });
  expect(new Set(requests.map(({ color }) => color))).toEqual(new Set(["blue"]));
  expect(new Set(requests.map(({ kind }) => kind)).size).toBe(4);
  expect(webSockets).toEqual({ opened: 5, closed: 5, dropped: 0, refused: 0 });
});

test.each(["502", "cut"] as const)("a request that is lost (%s) is counted as failed", async (how) => {
  const load = await startLoad({ url: await router({ every: 50, how }), webSockets: 0 });
  await sleep(1500);
  const { failed, failures } = totals((await load.stop()).requests);
  expect(failed).toBeGreaterThan(2);
  expect(Object.keys(failures)).toEqual([how === "502" ? "status 502" : "ECONNRESET"]);
});

test("every order that was answered with 201 is in the ledger, as it was acknowledged, and no other", async () => {
  const load = await startLoad({ url: await router({ every: 4, how: "502" }), webSockets: 0, orders: "mine" });
  await sleep(1000);
  const { requests, acknowledged } = await load.stop();
  const posts = requests.filter(({ kind, failure }) => kind === "post" && failure === null);
  expect(posts.length).toBeGreaterThan(10);
  expect(acknowledged.length).toBe(posts.length);
  expect(new Set(acknowledged.map(({ id }) => id)).size).toBe(posts.length);
  expect(acknowledged[0]).toMatchObject({ id: expect.stringMatching(/^mine-\d+$/), item: expect.any(String) });
});

test("a WebSocket cut without a close frame is dropped; one closed with a frame is not; both come back", async () => {
  const load = await startLoad({ url: await router(undefined), webSockets: 4, requestsPerSecond: 1 });
  await sleep(500);
  const [first, second, third] = [...clients];
  first!.terminate();
  second!.close(1012);
  third!.send(JSON.stringify({ type: "reconnect", after: 0.1 }));
  await sleep(1000);
  expect(clients.size).toBe(4);
  expect((await load.stop()).webSockets).toEqual({ opened: 7, closed: 6, dropped: 1, refused: 0 });
});

test("a load that nobody stops ends by itself", async () => {
  const load = await startLoad({ url: await router(undefined), webSockets: 0, maxSeconds: 1 });
  await sleep(1500);
  expect((await load.stop()).requests.length).toBeLessThan(300);
});
