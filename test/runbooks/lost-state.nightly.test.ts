import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readRecord } from "../../operations/live/records.ts";
import { databaseStack } from "../e2e/database.ts";
import { docker, engine, served, type TestStack } from "../e2e/stack.ts";
import { order, orders } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
  book = walk("lost-state", stack);
});
afterAll(() => stack.cleanup());

async function containers(): Promise<string[]> {
  const found = await docker.listContainers({ filters: { label: [`switchback.stack=${stack.stack}`] } });
  return found.map(({ Id, Names }) => `${Names[0]} ${Id}`).sort();
}

const loseState = () => {
  for (const folder of ["state", "pulumi"])
    rmSync(join(stack.dir, ".switchback", folder), { recursive: true, force: true });
};

it("refuses to make a live stack once more, and leaves everything as it is", async () => {
  await order(stack, "kept");
  const before = await containers();
  loseState();
  const { code, stdout, stderr } = await stack.up();
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/state does not know; bring the right state back \(docs\/runbooks\/lost-state\.md\)/);
  expect(await containers()).toEqual(before);
  expect(await served(stack)).toBe("200 green 2.0.0");
});

it("goes on with the state that the records kept: the same containers, and nothing to do", async () => {
  const before = await containers();
  await book.type("back");
  await stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes", "--engine", engine);
  expect(await containers()).toEqual(before);
  expect(await orders(stack)).toEqual(["kept"]);
});

it("then switches as ever, and the kept state follows", async () => {
  await stack.upOk({ activeColor: "blue" });
  expect(await served(stack)).toBe("200 blue 1.1.0");
  loseState();
  await book.type("back");
  await book.type("adopt");
  await stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes", "--engine", engine);
  expect(await served(stack)).toBe("200 blue 1.1.0");
  book.finish();
});

it("keeps no secret in clear", async () => {
  expect(await readRecord(docker, stack.stack, "state.json")).not.toContain("canary-of-the-database");
});
