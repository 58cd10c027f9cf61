import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseStack, head, serving } from "./database.ts";
import { ask, changedIn, docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack({ rollback: { breaker: { rollbacks: 100, hours: 1 } } });
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack.cleanup());

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await stack.switchback(...args, "--json", "--engine", engine);
  return { code, stderr, ...JSON.parse(stdout) };
};

/** @throws with its words unless it is done */
async function done(...args: string[]) {
  const report = await json(...args);
  if (report.status === "done" && report.code === 0) return report;
  throw new Error(`expected ${args.join(" ")} to be done, got ${report.status}: ${report.message.join("\n")}`);
}

async function order(id: string): Promise<void> {
  const body = JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" });
  const { status, body: answer } = await ask(`${stack.url}/orders`, { method: "POST", body });
  if (status >= 300) throw new Error(`expected order ${id} to be taken, got ${status}: ${answer}`);
}

describe("a rollback of a stack with a database", { timeout: 600_000 }, () => {
  it("goes back across a contract by one command, with the loss allowed", async () => {
    await stack.upOk({ colors: { blue: { imageTag: "2.1.0" }, green: { imageTag: "2.0.0" } } });
    await stack.upOk({ activeColor: "blue", schemaVersion: "4" });
    expect(await head(stack)).toBe("4");
    const status = await json("status");
    expect(status.closed.value).toMatchObject({ green: "2.0.0 accepts schema 3 to 3, and it is 4" });
    const refused = await json("rollback", "--quick", "--yes", "--reason", "x");
    expect(refused).toMatchObject({ code: 3, status: "refused" });
    const report = await done("rollback", "--yes", "--allow-loss", "4=1000", "--reason", "2.1.0 is slow");
    expect(report).toMatchObject({ level: 2, to: "green 2.0.0" });
    expect(await head(stack)).toBe("3");
    expect(await served(stack)).toBe("200 green 2.0.0");
    // What the rollback wrote, so that later changes of the test begin there.
    stack.set({ activeColor: "green", schemaVersion: undefined });
  });

  it("lists backups and the times that can be gone back to", async () => {
    const { backups, window } = await json("backups");
    expect(new Set(backups.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(["base", "safety"]));
    expect(window).toMatch(/ to now|the last of its WAL \(initial\)/);
  });

  it("rehearses a restore, and leaves the config as it was", async () => {
    await order("a");
    await wait(1100);
    await done("restore-drill", "--reason", "each month", "--yes");
    expect(await serving(stack)).toBe("initial");
    expect(await changedIn(stack)).toEqual([]);
  });

  it("isolates, and clears with a second name onto fresh containers behind the maintenance page", async () => {
    const before = (await docker.getContainer(stack.container("green-orders-1")).inspect()).Id;
    await done("isolate", "--reason", "web shell", "--yes");
    expect(await json("clear", "--reason", "closed", "--yes")).toMatchObject({ code: 3, status: "refused" });
    await done("clear", "--approved-by", "bob", "--reason", "closed", "--yes");
    expect((await docker.getContainer(stack.container("green-orders-1")).inspect()).Id).not.toBe(before);
    expect((await ask(`${stack.url}/version`)).status).toBe(503);
    await done("maintenance", "off", "--reason", "looked", "--yes");
    expect(await served(stack)).toBe("200 green 2.0.0");
  });
});
