import { readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { runbook, runbooks } from "../../cli/runbook.ts";
import type { VerbCall } from "../../cli/verb.ts";

const print = async (...words: string[]) => {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await runbook.run({ words } as unknown as VerbCall);
    return printed.mock.calls.join("\n");
  } finally {
    printed.mockRestore();
  }
};

it("prints the page that is asked for, and without a name the list, which names every page", async () => {
  expect(await print("bad-delete")).toBe(readFileSync("docs/runbooks/bad-delete.md", "utf8").trimEnd());
  const list = await print();
  expect(runbooks().length).toBeGreaterThan(5);
  for (const name of runbooks()) expect(list).toContain(`${name}.md`);
});

it("refuses another name with those that there are", async () => {
  await expect(print("flood")).rejects.toThrow(`expected one of ${runbooks().join(", ")}, got flood`);
});
