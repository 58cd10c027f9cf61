import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { exec } from "../../operations/live/docker.ts";
import { databaseStack, query, serving } from "../e2e/database.ts";
import { ask, changedIn, docker, engine, served, type TestStack } from "../e2e/stack.ts";
import { moment, order, orders } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
  book = walk("complete-outage", stack);
});
afterAll(() => stack.cleanup());

const label = () => [`switchback.stack=${stack.stack}`];
const containers = () => docker.listContainers({ all: true, filters: { label: label() } });
const serves = () => served(stack).catch((error: Error) => error.message);

it("comes back by itself when every process is killed at once, as when the Docker host loses its power", async () => {
  await order(stack, "a");
  await Promise.all((await containers()).map(({ Id }) => exec(docker, Id, ["sh", "-c", "kill -9 -1"]).catch(() => {})));
  await expect.poll(serves, { timeout: 60_000 }).toBe("200 green 2.0.0");
  await order(stack, "b");
  await book.type("restarted");
  expect(await orders(stack)).toEqual(["a", "b"]);
  expect(await changedIn(stack)).toEqual([]);
});

it("is brought up again when every container was stopped", async () => {
  await Promise.all((await containers()).map(({ Id }) => docker.getContainer(Id).stop({ t: 10 })));
  await book.type("look");
  await book.type("down");
  expect(await served(stack)).toBe("200 green 2.0.0");
  expect(await orders(stack)).toEqual(["a", "b"]);
  expect(await changedIn(stack)).toEqual([]);
});

it("brings release and data of a tag back, by the one command for the emergency of everything", async () => {
  await moment();
  await stack.ok("releases", "tag", "--reason", "all is well", "--engine", engine);
  await moment();
  await query(stack, "delete from orders");
  await stack.upOk({ activeColor: "blue" });
  await order(stack, "bad");
  const args = ["rollback", "--level", "3", "--to", "golden", "--reason", "x", "--yes", "--engine", engine];
  const alone = await stack.switchback(...args);
  expect(alone).toMatchObject({ code: 3, stdout: expect.stringContaining("level 3 needs a second name") });
  await book.type("golden");
  expect(await orders(stack)).toEqual(["a", "b"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
  expect(await changedIn(stack)).toEqual([]);
  const modes = (await stack.journal()).filter(({ event }) => event === "switched").map(({ to }) => to);
  expect(modes.slice(-2)).toEqual(["maintenance", "green 2.0.0"]);
});

it("is undone by naming the generation that was left", async () => {
  await book.type("undo", { restored: await serving(stack) });
  expect(await serving(stack)).toBe("initial");
  expect(await orders(stack)).toEqual(["bad"]);
  await order(stack, "after");
});

it("begins again on another host, with the volumes of backups and records alone", async () => {
  const time = await moment();
  await order(stack, "never archived");
  await query(stack, "select pg_switch_wal()");
  await sleep(3000);
  await stack.ok("config", "rm", "generation", "--engine", engine);
  await Promise.all((await containers()).map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
  const networks = await docker.listNetworks({ filters: { label: label() } });
  for (const { Id } of networks) await docker.getNetwork(Id).remove();
  const brought = ["backups", "records"].map((name) => stack.container(name));
  const { Volumes } = await docker.listVolumes({ filters: { label: label() } });
  for (const { Name } of Volumes) if (!brought.includes(Name)) await docker.getVolume(Name).remove();
  for (const folder of ["state", "pulumi"])
    rmSync(join(stack.dir, ".switchback", folder), { recursive: true, force: true });
  await book.type("another", { time });
  expect(await orders(stack)).toEqual(["after", "bad"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
  expect((await ask(`${stack.url}/orders`)).status).toBe(200);
  book.finish();
});
