import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readBasePoints } from "../../operations/recovery/clone/base-points.ts";
import { askedRecovery } from "../../stacks/recovery/request.ts";
import { mountSharedBlocks } from "../helpers/shared-blocks.ts";
import { databaseStack, query, serving } from "./database.ts";
import { ask, docker, engine, type TestStack } from "./stack.ts";

const mounted = await mountSharedBlocks();
const reason = typeof mounted === "string" ? ` (${mounted})` : "";

describe.skipIf(typeof mounted === "string")(`the data of a moment, by a clone${reason}`, () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await databaseStack();
    await makeVolume("initial");
    await stack.upOk();
  });
  afterAll(async () => {
    await stack.cleanup();
    if (typeof mounted !== "string") mounted.remove();
  });

  const containerOf = (generation: string) => stack.container(`database-${generation}`);
  async function makeVolume(generation: string): Promise<void> {
    if (typeof mounted !== "string") await mounted.volume(stack.stack, containerOf(generation));
  }
  async function order(id: string): Promise<void> {
    const body = JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" });
    expect((await ask(`${stack.url}/orders`, { method: "POST", body })).status).toBeLessThan(300);
  }
  const orders = async () => (await query(stack, "select id from orders order by id")).map(({ id }) => id);
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** A moment between what was written before and what is written next; its generation's volume is there. */
  async function moment(): Promise<string> {
    await wait(1100);
    const targetTime = new Date().toISOString();
    await wait(1100);
    await makeVolume(askedRecovery({ targetTime, drill: false })!.generation);
    return targetTime;
  }

  it("says in its verdict which base point it is cloned from, and makes it so", async () => {
    const newest = (await readBasePoints(docker, containerOf("initial"))).at(-1);
    await order("a");
    const targetTime = await moment();
    await query(stack, "delete from orders");
    stack.set({ targetTime });
    const { stdout } = await stack.ok("preview", "--engine", engine);
    expect(stdout).toContain(`it is cloned from the base point ${newest?.name}`);
    await stack.upOk();
    expect(await orders()).toEqual(["a"]);
    const restored = (await stack.journal()).findLast(({ event }) => event === "restored");
    expect(restored).toMatchObject({ way: "clone", base: newest?.name });
  });

  it("can be gone back to at once, by a clone of a base point of its own", async () => {
    const [own] = await readBasePoints(docker, containerOf(await serving(stack)));
    await order("b");
    const targetTime = await moment();
    await query(stack, "delete from orders");
    await stack.upOk({ targetTime });
    expect(await orders()).toEqual(["a", "b"]);
    const restored = (await stack.journal()).findLast(({ event }) => event === "restored");
    expect(restored).toMatchObject({ way: "clone", base: own?.name });
  });
});
