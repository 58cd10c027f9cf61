import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readRecord } from "../../operations/live/records.ts";
import { databaseStack, query } from "./database.ts";
import { ask, docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
  await stack.upOk();
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

/** What docs/runbooks/lost-state.md says. */
async function bringBack(): Promise<void> {
  await stack.switchback("stack", "init", "--engine", engine);
  const file = join(stack.dir, "state.json");
  writeFileSync(file, (await readRecord(docker, stack.stack, "state.json")) ?? "");
  await stack.ok("stack", "import", "--file", file, "--engine", engine);
}

it("refuses to make a live stack once more, and leaves everything as it is", async () => {
  await ask(`${stack.url}/orders`, { method: "POST", body: JSON.stringify({ item: "kept", price: 1 }) });
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
  await bringBack();
  const up = ["up", "--yes", "--skip-preview", "--expect-no-changes", "--engine", engine];
  const { stdout } = await stack.ok(...up);
  expect(stdout).toMatch(/\d+ unchanged/);
  expect(await containers()).toEqual(before);
  expect((await query(stack, "select item from orders")).map(({ item }) => item)).toEqual(["kept"]);
});

it("then switches as ever, and the kept state follows", async () => {
  await stack.upOk({ activeColor: "blue" });
  expect(await served(stack)).toBe("200 blue 1.1.0");
  loseState();
  await bringBack();
  await stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes", "--engine", engine);
  expect(await served(stack)).toBe("200 blue 1.1.0");
});

it("keeps no secret in clear", async () => {
  expect(await readRecord(docker, stack.stack, "state.json")).not.toContain("canary-of-the-database");
});
