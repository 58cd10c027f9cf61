import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderConfigDoc } from "../../scripts/config-doc.ts";

it("docs/config.md is current; `npm run fix` makes it so", () => {
  expect(readFileSync("docs/config.md", "utf8")).toBe(renderConfigDoc());
});
