import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../operations/database/connect.ts";
import { databaseStack } from "../e2e/database.ts";
import { ask, docker, engine, ordersWith, served, type TestStack } from "../e2e/stack.ts";
import { walk } from "./walk.ts";

const garbage = `0.9.0-${randomBytes(3).toString("hex")}`;
let stack: TestStack;
beforeAll(async () => {
  const services = { orders: ordersWith({ database: true, memoryMb: 80 }) };
  // Far enough from the limit that the container is not ended for it.
  stack = await databaseStack({ services, validation: { memoryPercent: 75 } }, { copies: ["sets"] });
  // A disk that is soon full: that of the records.
  await docker.createVolume({
    Name: stack.container("records"),
    DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=400m,mode=0755" },
    Labels: { "switchback.stack": stack.stack, "switchback.role": "volume" },
  });
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack?.cleanup());

const records = (line: string) =>
  stack.shell(`docker run --rm --volume ${stack.container("records")}:/records debian:trixie-slim sh -c '${line}'`);

/** Fills its shared memory, which counts as the container's own. */
async function fillMemory(name: string): Promise<void> {
  const { memory_stats: memory } = await docker.getContainer(name).stats({ stream: false, "one-shot": true });
  const { inactive_file: cached = 0 } = memory.stats as unknown as Record<string, number>;
  const wanted = Math.round(0.85 * memory.limit - (memory.usage - cached));
  await stack.shell(`docker exec ${name} sh -c 'head -c ${wanted} /dev/zero > /dev/shm/full'`);
}

/** An image of a release that nobody has a file of. */
async function makeGarbage(): Promise<void> {
  const container = await docker.createContainer({ Image: "debian:trixie-slim", Cmd: ["true"] });
  await container.commit({ repo: "switchback/orders", tag: garbage });
  await container.remove();
}

it("makes room on a disk, in memory and among connections, and keeps the way back", async () => {
  const { type, finish } = walk("resource-exhaustion", stack);
  await fillMemory(stack.container("green-orders-1"));
  await type("memory", { release: "2.0.0", more: "128" });
  expect(await served(stack)).toBe("200 blue 2.0.0");

  const at = { container: stack.container("database-initial"), database: "orders", user: "postgres" };
  const blocker = (await connectDatabase(docker, at)).on("error", () => {});
  await blocker.query("begin; lock table orders");
  await sleep(1500);
  await type("connections", { generation: "initial", database: "orders", seconds: "1" });
  expect((await ask(`${stack.url}/orders`)).status).toBe(200);

  await records("head -c 390M /dev/zero > /records/ballast");
  await makeGarbage();
  const back = ["rollback", "--to", "1.1.0", "--yes", "--reason", "2.0.0 is slow", "--engine", engine];
  const refused = await stack.switchback(...back);
  expect([refused.code, refused.stdout]).toEqual([3, expect.stringMatching(/disk: expected 256 MiB free, got \d+/)]);
  const printed = (await type("room")).join("");
  expect(printed).toContain(`removed image switchback/orders:${garbage}`);
  // It was not Switchback's own that filled the disk.
  await records("rm /records/ballast");
  const unused = { filters: { label: [`switchback.stack=${stack.stack}`] } };
  await docker.pruneContainers(unused);
  await docker.pruneVolumes(unused);
  await docker.pruneNetworks(unused);
  await type("well", { older: "1.1.0" });
  expect((await stack.switchback(...back)).code).toBe(0);
  expect(await served(stack)).toBe("200 green 1.1.0");
  finish();
});
