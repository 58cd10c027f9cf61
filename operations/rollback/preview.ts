import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Edit } from "./edits.ts";
import { applyEdits, openStackFile } from "./stack-file.ts";
import { type PrintedVerdict, runSwitchback, verdictIn } from "./switchback.ts";

/** Previews the stack as edits would make it; its own file is not touched. @throws when it comes to no verdict */
export async function previewEdits(stack: string, edits: readonly Edit[], reason: string): Promise<PrintedVerdict> {
  const file = join(".switchback", `preview-${stack}-${process.pid}.yaml`);
  copyFileSync(openStackFile(stack).file, file);
  try {
    applyEdits(edits, openStackFile(stack, file));
    const { output } = await runSwitchback(stack, ["preview", "--config-file", file], reason, () => {});
    const verdict = verdictIn(output);
    if (verdict.allowed !== undefined) return verdict;
    throw new Error(`expected a preview to come to a verdict, got:\n${output.trim()}`);
  } finally {
    rmSync(file, { force: true });
  }
}
