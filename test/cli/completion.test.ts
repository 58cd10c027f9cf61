import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { renderCompletion } from "../../cli/completion/render.ts";

const folder = mkdtempSync(join(tmpdir(), "completion-"));
writeFileSync(join(folder, "Pulumi.production.yaml"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const script = renderCompletion("bash", [
  { name: "up", flags: ["--yes"] },
  { name: "status", flags: ["--json", "--watch"] },
  { name: "stack", flags: [] },
  { name: "stack ls", flags: ["--json"] },
  { name: "maintenance on", flags: ["--reason"] },
  { name: "maintenance off", flags: ["--reason"] },
]);

/** What bash offers for a line that is being typed; the last word may be empty. */
function offered(...words: string[]): string[] {
  const typed = ["switchback", ...words].map((word) => `'${word}'`).join(" ");
  const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _switchback; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", `${script}\n${ask}`], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

describe("completion in bash", () => {
  it("offers commands, their second words, flags, and the stacks of the folder", () => {
    expect(offered("sta")).toEqual(["status", "stack"]);
    expect(offered("maintenance", "")).toEqual(["on", "off"]);
    expect(offered("stack", "l")).toEqual(["ls"]);
    expect(offered("maintenance", "on", "--r")).toEqual(["--reason"]);
    expect(offered("--stack", "")).toEqual(["production"]);
    expect(offered("--stack", "production", "status", "--w")).toEqual(["--watch"]);
    expect(offered("--engine", "e")).toEqual(["embedded"]);
  });
});
