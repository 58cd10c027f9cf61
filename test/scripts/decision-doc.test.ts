import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { table } from "../../decision/table.ts";
import { renderDecisionDoc } from "../../scripts/decision-doc.ts";

it("docs/decision.md is current; `npm run fix` makes it so", () => {
  expect(readFileSync("docs/decision.md", "utf8")).toBe(renderDecisionDoc());
});

it("every page that a row names is there", () => {
  expect(table.map(({ page }) => page).filter((page) => !existsSync(page))).toEqual([]);
});
