import { afterAll, beforeAll, expect, it } from "vitest";
import { WebSocket } from "ws";
import { readRouter } from "../../operations/router/state.ts";
import { killAt } from "../../scripts/crash/kill.ts";
import { ask, docker, engine, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());

interface Client {
  readonly messages: readonly { readonly type: string; readonly after?: number }[];
  /** Code of the close frame, and when it came. */
  readonly closed: Promise<{ readonly code: number; readonly at: number }>;
}

function connect(): Promise<Client> {
  const socket = new WebSocket(`${stack.url.replace("http", "ws")}/ws`);
  const messages: Client["messages"][number][] = [];
  socket.on("message", (data) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<{ code: number; at: number }>((resolve) =>
    socket.once("close", (code) => resolve({ code, at: Date.now() })),
  );
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve({ messages, closed }));
    socket.once("error", reject);
  });
}

const drains = async () =>
  (
    await docker.listContainers({
      all: true,
      filters: { label: [`switchback.stack=${stack.stack}`, "switchback.role=drain"] },
    })
  ).map(({ Names }) => Names[0]);

it("lets a request of 10 s end, and tells WebSockets to come back before their color closes them", async () => {
  const slow = ask(`${stack.url}/slow?ms=10000`);
  const clients = await Promise.all(Array.from({ length: 5 }, connect));
  await stack.upOk({ activeColor: "blue" });
  const switched = Date.now();
  expect(await served(stack)).toBe("200 blue 1.0.0");
  const ends = await Promise.all(clients.map(({ closed }) => closed));
  // 1012: the application's own close frame, by the budget of 3 s and not by itself, which it would never send.
  expect(ends.map(({ code }) => code)).toEqual([1012, 1012, 1012, 1012, 1012]);
  expect(Math.max(...ends.map(({ at }) => at)) - switched).toBeLessThan(10_000);
  for (const { messages } of clients) expect(messages.at(-1)).toEqual({ type: "reconnect", after: 1 });
  const answer = await slow;
  expect([answer.status, answer.headers["x-switchback-color"]]).toEqual([200, "green"]);
  const report = async () => {
    const state = await readRouter(docker, stack.stack);
    return state.kind === "read" ? state.drains.find(({ color }) => color === "green") : undefined;
  };
  await expect.poll(report).toMatchObject({ state: "done", closed: 0, survivors: 0 });
});

it("clears the locks of a run that was killed, and says so", async () => {
  stack.set({ activeColor: "green" });
  const up = ["up", "--yes", "--skip-preview", "--engine", engine];
  expect(await killAt(stack, up, /verdict: allowed/, "engine")).toBe(true);
  const { stdout, stderr } = await stack.upOk();
  expect(stderr).toMatch(/cleared a stale lock: process \d+ of \S+, which took it \d+ s ago, is gone/);
  expect(stdout).toMatch(/cleared the live lock of up \(pid \d+\), which is dead/);
  expect(await served(stack)).toBe("200 green 1.1.0");
});

it("ends with the stack: destroy leaves no drain behind, and names what stays", async () => {
  const { closed } = await connect();
  // A request in flight keeps the drain for longer than the rest of the test takes on any machine.
  const drain = { httpSeconds: 120, webSocketSeconds: 3 };
  const slow = ask(`${stack.url}/slow?ms=110000`).catch(() => undefined);
  await stack.upOk({ activeColor: "blue", router: { port: stack.port, drain, gate: { timeoutSeconds: 15 } } });
  expect(await drains()).toEqual([`/${stack.stack}-drain-green`]);
  const { stderr } = await stack.ok("destroy", "--yes", "--skip-preview", "--engine", engine);
  expect(stderr).toContain(`data and evidence stay, in the volumes ${stack.stack}-records, ${stack.stack}-router`);
  expect(await drains()).toEqual([]);
  await Promise.all([closed, slow]);
});
