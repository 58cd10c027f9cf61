import { expect, it, vi } from "vitest";
import { runbook } from "../../cli/runbook.ts";
import type { VerbCall } from "../../cli/verb.ts";
import { runbooks } from "../../runbooks/all.ts";

const print = async (words: string[], flags: object = {}) => {
  const printed = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await runbook.run({ words, flags } as unknown as VerbCall);
    return printed.mock.calls.join("\n");
  } finally {
    printed.mockRestore();
  }
};

it("prints the page that is asked for, with the stack's name, and without a name the list, which names every page", async () => {
  expect(await print(["failed-deploy"], { stack: "staging" })).toContain("npx switchback status --stack staging\n");
  const list = await print([]);
  for (const { name } of runbooks) expect(list).toContain(`${name}.md`);
});

it("prints a page as data, for programs", async () => {
  const book = JSON.parse(await print(["failed-deploy"], { json: true }));
  expect(book).toMatchObject({ name: "failed-deploy", parts: [{ blocks: expect.any(Array) }, {}] });
  expect(JSON.stringify(book)).toContain('"shows":"confirmed: blue "');
});

it("refuses another name with those that there are", () => {
  expect(() => runbook.run({ words: ["flood"], flags: {} } as unknown as VerbCall)).toThrow(
    `runbook: expected one of ${runbooks.map(({ name }) => name).join(", ")}, got flood`,
  );
});
