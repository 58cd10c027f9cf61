import { readFileSync } from "node:fs";
import { configText, showSecrets } from "../../engine/config-value.ts";
import { writeAtomic } from "../../engine/files.ts";
import { fullKey, loadProject, shownKey } from "../../engine/project.ts";
import { Settings } from "../../engine/settings.ts";
import { loadStack } from "../../stacks/load.ts";
import type { StackConfig } from "../../stacks/schema.ts";
import { type Edit, reversed } from "./edits.ts";

/** The stack's file of the project in the working folder. */
export const openStackFile = (stack: string, file?: string): Settings => {
  const { root, name } = loadProject(".");
  return new Settings(root, stack, name, file);
};

/** As long as a secret has to be. */
const placeholder = "in place of what is encrypted";

/** What the file says, checked; secrets are placeholders. @throws every problem at once */
export function readStackConfig(stack: string): StackConfig {
  const project = loadProject(".");
  const values = openStackFile(stack).values();
  const defaults = [...project.declared].map(([key, { value }]) => [key, value] as const);
  const raw = Object.fromEntries(
    [...defaults, ...values]
      .filter(([key, value]) => key.startsWith(`${project.name}:`) && value !== undefined)
      .map(([key, value]) => [shownKey(key, project.name), configText(showSecrets(value, () => placeholder))]),
  );
  const { config, errors } = loadStack(raw);
  if (config) return config;
  throw new Error(
    [`expected a config of stack ${stack} that can be used, got:`, ...errors.map((e) => `  ${e}`)].join("\n"),
  );
}

/** Writes edits into a stack's file; comments survive. */
export function applyEdits(edits: readonly Edit[], settings: Settings): void {
  const { name } = loadProject(".");
  for (const { key, to } of edits) {
    const path = /[.[]/.test(key);
    const full = path ? key : fullKey(key, name);
    if (to === undefined) settings.remove(full, path);
    else settings.put(full, path ? to : String(to), path);
  }
}

/** Applies edits to the stack's file. Returns what takes them back: to the letter, where nobody changed it since. */
export function editStackFile(edits: readonly Edit[], stack: string): () => void {
  const { file } = openStackFile(stack);
  const before = readFileSync(file, "utf8");
  applyEdits(edits, openStackFile(stack));
  const after = readFileSync(file, "utf8");
  return () => {
    if (readFileSync(file, "utf8") === after) writeAtomic(file, before);
    else applyEdits(reversed(edits), openStackFile(stack));
  };
}

/** Whether the file has what the edits wanted. */
export const areApplied = (edits: readonly Edit[], settings: Settings): boolean =>
  edits.every(({ key, to }) => {
    const value = settings.get(key, /[.[]/.test(key));
    return to === undefined ? value === undefined : String(value) === String(to);
  });
