import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyJournal } from "../../operations/journal/verify.ts";
import { readRecord } from "../../operations/live/records.ts";
import { databaseStack, query, serving } from "./database.ts";
import { ask, changedIn, docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());

const changed = () => changedIn(stack);

async function order(id: string): Promise<void> {
  const body = JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" });
  const { status, body: answer } = await ask(`${stack.url}/orders`, { method: "POST", body });
  if (status >= 300) throw new Error(`expected order ${id} to be taken, got ${status}: ${answer}`);
}

const orders = async (generation?: string) =>
  (await query(stack, "select id from orders order by id", generation)).map(({ id }) => id);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let beforeDelete: string;
let restored: string;

describe("the data of a moment", () => {
  it("is refused before the first backup and after now, with the window that there is; nothing changes", async () => {
    for (const targetTime of ["2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"]) {
      const { code, stdout } = await stack.up({ targetTime });
      expect(code).not.toBe(0);
      expect(stdout).toMatch(/target: expected .* got .*/);
      expect(stdout).toMatch(/20\d\d-\d\d-\d\dT/);
    }
    expect(await serving(stack)).toBe("initial");
    stack.set({ targetTime: undefined });
    expect(await changed()).toEqual([]);
  });

  it("is shown by preview first, which writes nothing", async () => {
    for (const id of ["a", "b", "c"]) await order(id);
    await wait(1100);
    beforeDelete = new Date().toISOString();
    await wait(1100);
    await query(stack, "delete from orders where id <> 'a'");
    await order("late");
    stack.set({ targetTime: beforeDelete });
    const journal = await readRecord(docker, stack.stack, "journal.jsonl");
    const { stdout } = await stack.ok("preview", "--engine", engine);
    expect(stdout).toMatch(/verdict: allowed: level 3/);
    expect(stdout).toMatch(/base/);
    expect(await readRecord(docker, stack.stack, "journal.jsonl")).toBe(journal);
    expect(await serving(stack)).toBe("initial");
  });

  it("comes back in a new generation; the old one stands still as evidence", async () => {
    await stack.upOk();
    restored = await serving(stack);
    expect(restored).toMatch(/^restored-[0-9a-f]{8}$/);
    expect(await orders()).toEqual(["a", "b", "c"]);
    expect(await served(stack)).toBe("200 green 2.0.0");
    const old = await docker.getContainer(stack.container("database-initial")).inspect();
    expect(old.State.Running).toBe(false);
    await order("new");
    expect(await orders()).toEqual(["a", "b", "c", "new"]);
  });

  it("is inert afterwards: another `up`, a color switch and a removed key move nothing", async () => {
    expect(await changed()).toEqual([]);
    await stack.upOk({ activeColor: "blue" });
    expect(await served(stack)).toBe("200 blue 1.1.0");
    stack.set({ targetTime: undefined });
    expect(await changed()).toEqual([]);
    await stack.upOk();
    expect(await serving(stack)).toBe(restored);
    expect(await orders()).toContain("new");
  });

  it("is undone by naming the generation, with the commits that stay behind allowed; and undone again", async () => {
    stack.set({ generation: "initial" });
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain(`pulumi config set --path allowDataLoss.${restored} `);
    expect(await serving(stack)).toBe(restored);
    await stack.upOk({ allowDataLoss: { [restored]: 1000 } });
    expect(await serving(stack)).toBe("initial");
    expect(await orders()).toEqual(["a", "late"]);
    expect(await served(stack)).toBe("200 blue 1.1.0");
    expect(await changed()).toEqual([]);
    await stack.upOk({ generation: restored, allowDataLoss: { initial: 1000 } });
    expect(await orders()).toEqual(["a", "b", "c", "new"]);
  });

  it("can be gone back to a second time, on the timeline of the restored generation", async () => {
    await order("kept");
    await wait(1100);
    const targetTime = new Date().toISOString();
    await wait(1100);
    await query(stack, "truncate orders");
    await stack.upOk({ generation: undefined, allowDataLoss: {}, targetTime });
    expect(await serving(stack)).not.toBe(restored);
    expect(await orders()).toEqual(["a", "b", "c", "kept", "new"]);
    expect(await changed()).toEqual([]);
  });

  it("is rehearsed by a drill, which serves nobody", async () => {
    const now = await serving(stack);
    await wait(1100);
    const { stdout } = await stack.upOk({ targetTime: new Date().toISOString(), drill: true });
    expect(stdout).toMatch(/drill/);
    expect(await serving(stack)).toBe(now);
    expect(await served(stack)).toBe("200 blue 1.1.0");
    stack.set({ targetTime: undefined, drill: undefined });
    expect(await changed()).toEqual([]);
  });

  it("leaves a journal whose chain is whole, with each promotion", async () => {
    expect(verifyJournal((await readRecord(docker, stack.stack, "journal.jsonl")) ?? "")).toEqual([]);
    const promoted = (await stack.journal()).filter(({ event }) => event === "promoted");
    expect(promoted.map(({ kind }) => kind)).toEqual(["first", "recovery", "undo", "undo", "recovery"]);
  });
});
