import { afterAll, beforeAll, expect, it } from "vitest";
import { readCatalogue } from "../../operations/generations/catalogue.ts";
import { execOk } from "../../operations/live/docker.ts";
import { databaseStack } from "../e2e/database.ts";
import { changedIn, docker, engine, served, type TestStack } from "../e2e/stack.ts";
import { moment, order, orders } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
let restored: string;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
  book = walk("catalogue", stack);
});
afterAll(() => stack.cleanup());

const inRecords = (line: string) => execOk(docker, stack.container("records"), ["sh", "-c", `cd /records; ${line}`]);

/** Ids of all containers that serve. */
async function containers(): Promise<string[]> {
  const found = await docker.listContainers({ filters: { label: [`switchback.stack=${stack.stack}`] } });
  return found.map(({ Id, Names }) => `${Names[0]} ${Id}`).sort();
}

async function refused(why: RegExp): Promise<void> {
  const { code, stdout, stderr } = await stack.up();
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(why);
}

it("with its first generation alone, a lost file of generations is made again by `up`", async () => {
  const before = await containers();
  await inRecords("rm generations.json");
  await stack.upOk();
  expect(await containers()).toEqual(before);
  expect((await readCatalogue(docker, stack.stack))?.generations.map(({ name }) => name)).toEqual(["initial"]);
});

it("with two, `up` refuses to guess; rebuilt from what is there, it goes on", async () => {
  await order(stack, "a");
  const targetTime = await moment();
  await order(stack, "b");
  await stack.upOk({ targetTime });
  const catalogue = await readCatalogue(docker, stack.stack);
  restored = catalogue!.promotions.at(-1)!.generation;
  await order(stack, "c");
  const before = await containers();
  await inRecords("echo '{' > generations.json");
  await refused(/expected the catalogue of generations in generations\.json of .*see docs\/runbooks\/catalogue\.md/);
  await inRecords("rm generations.json");
  await refused(
    /expected generations\.json in \S+, got none, but the volumes \S+restored-\S+; see docs\/runbooks\/catalogue\.md/,
  );
  const printed = await book.type("rebuild");
  expect(printed[2]).toMatch(/^initial: ready, address 0, .*\nrestored-\w+: serves, address 1, /m);
  stack.set({ targetTime: undefined });
  expect(await containers()).toEqual(before);
  expect(await orders(stack, restored)).toEqual(["a", "c"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
  const again = await stack.switchback("generations", "rebuild", "--yes", "--engine", engine);
  expect(again.stderr).toMatch(/expected no catalogue of \S+ that can be read, got one of initial, restored-/);
  expect(await changedIn(stack)).toEqual([]);
});

it("with everything in the records gone, and its keeper, the same way leads back", async () => {
  const before = await containers();
  await inRecords("rm -rf /records/*");
  await docker.getContainer(stack.container("records")).remove({ force: true });
  await refused(/see docs\/runbooks\/catalogue\.md/);
  await book.type("rebuild");
  const kept = (all: readonly string[]) => all.filter((one) => !one.includes("-records "));
  expect(kept(await containers())).toEqual(kept(before));
  expect(await orders(stack, restored)).toEqual(["a", "c"]);
  await order(stack, "d");
});

it("the way back to the former generation is still there; which schema it has, nobody knows any more", async () => {
  stack.set({ generation: "initial", allowDataLoss: { [restored]: 1000 } });
  await refused(/head: nobody knows which schema the data has/);
  await stack.upOk({ accept: ["head", "schema"] });
  expect(await orders(stack, "initial")).toEqual(["a", "b"]);
  expect(await served(stack)).toBe("200 green 2.0.0");
  book.finish();
});
