import { runbookNamed, runbooks } from "../runbooks/all.ts";
import { renderList, renderRunbook } from "../runbooks/render.ts";
import { flag } from "./flags.ts";
import type { Verb } from "./verb.ts";

export const runbook: Verb = {
  summary: "[NAME]: the page for an emergency, with the commands for --stack; without a name, which there are",
  flags: { json: flag("j") },
  run({ words: [name], flags: { json, stack = "production" } }) {
    const books = name === undefined ? runbooks : [runbookNamed(name)];
    if (json === true) console.log(JSON.stringify(name === undefined ? books : books[0], patterns, 2));
    else console.log(name === undefined ? renderList(books) : renderRunbook(books[0]!, String(stack)));
    return true;
  },
};

/** A pattern as its source. */
const patterns = (_: string, value: unknown) => (value instanceof RegExp ? value.source : value);
