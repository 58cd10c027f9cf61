import { writeFileSync } from "node:fs";
import { runbooks } from "../runbooks/all.ts";
import { renderList, renderRunbook } from "../runbooks/render.ts";

/** The pages of docs/runbooks by their paths. */
export const runbookPages = (): ReadonlyMap<string, string> =>
  new Map([
    ["docs/runbooks/README.md", `${renderList(runbooks)}\n`],
    ...runbooks.map((book) => [`docs/runbooks/${book.name}.md`, `${renderRunbook(book, "production")}\n`] as const),
  ]);

if (import.meta.main) for (const [path, text] of runbookPages()) writeFileSync(path, text);
