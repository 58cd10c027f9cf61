import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { table } from "../../decision/table.ts";
import { runbookNamed, runbooks } from "../../runbooks/all.ts";
import { renderRunbook } from "../../runbooks/render.ts";
import { fill, stepsOf } from "../../runbooks/runbook.ts";
import { runbookPages } from "../../scripts/runbook-docs.ts";

it("are in docs/runbooks as they are now, and nothing else is; else: npm run fix", () => {
  const pages = runbookPages();
  for (const [path, text] of pages) expect(existsSync(path) ? readFileSync(path, "utf8") : "", path).toBe(text);
  const files = readdirSync("docs/runbooks").map((file) => `docs/runbooks/${file}`);
  expect(files.sort()).toEqual([...pages.keys()].sort());
});

it.each(runbooks.map((book) => [book.name, book] as const))(
  "%s is gone by in a test, command by command",
  (name, book) => {
    const ids = stepsOf(book).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const path = ["test", "nightly.test"].map((kind) => `test/runbooks/${name}.${kind}.ts`).find(existsSync);
    expect(readFileSync(path ?? "", "utf8")).toMatch(/walk\([\s\S]*finish\(\)/);
  },
);

it("fits 128 columns, but for commands and what they print", () => {
  for (const book of runbooks) {
    const prose = renderRunbook(book, "production").replace(/```[\s\S]*?```/g, "");
    const long = prose.split("\n").filter((line) => line.length > 128 && !/^[-|]/.test(line));
    expect(long, book.name).toEqual([]);
  }
});

it("are what the decision table names", () => {
  for (const { page } of table) expect(existsSync(page), page).toBe(true);
});

it("are filled in with the stack and the example, or fail for what has no value; Docker's templates stay", () => {
  expect(fill("docker inspect -f '{{.State}}' {stack}-router", { stack: "a" })).toBe(
    "docker inspect -f '{{.State}}' a-router",
  );
  expect(() => fill("{time}", { stack: "a" })).toThrow("expected a value for {time} (stack), got none");
  expect(renderRunbook(runbookNamed("failed-deploy"), "staging")).toContain("--stack staging");
  expect(() => runbookNamed("flood")).toThrow(/^runbook: expected one of failed-deploy/);
});
