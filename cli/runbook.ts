import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Verb } from "./verb.ts";

const folder = fileURLToPath(new URL("../docs/runbooks/", import.meta.url));

/** The pages of docs/runbooks, by name. */
export const runbooks = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".md") && file !== "README.md")
    .map((file) => file.slice(0, -".md".length))
    .sort();

export const runbook: Verb = {
  summary: "[NAME]: the page for an emergency; without a name, which there are",
  flags: {},
  run({ words: [name] }) {
    if (name !== undefined && !runbooks().includes(name))
      throw new Error(`runbook: expected one of ${runbooks().join(", ")}, got ${name}`);
    console.log(readFileSync(`${folder}${name ?? "README"}.md`, "utf8").trimEnd());
    return true;
  },
};
