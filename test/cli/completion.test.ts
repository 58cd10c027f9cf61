import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { renderCompletion } from "../../cli/completion/render.ts";

const folder = mkdtempSync(join(tmpdir(), "completion-"));
writeFileSync(join(folder, "Pulumi.production.yaml"), "");
afterAll(() => rmSync(folder, { recursive: true }));

const commands = [
  { name: "up", flags: ["--yes"] },
  { name: "status", flags: ["--json", "--watch"] },
  { name: "stack", flags: [] },
  { name: "stack ls", flags: ["--json"] },
  { name: "maintenance on", flags: ["--reason"] },
  { name: "maintenance off", flags: ["--reason"] },
];

/** What a shell offers for a line that is being typed; the last word may be empty. */
function offered(shell: "bash" | "zsh", ...words: string[]): string[] {
  const typed = ["switchback", ...words].map((word) => `'${word}'`).join(" ");
  const ask = {
    bash: `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _switchback; printf '%s\\n' "\${COMPREPLY[@]}"`,
    // Its completion system leaves out what does not begin like the word.
    zsh: `words=(${typed}); CURRENT=${words.length + 1}; compadd() { shift; print -l -- \${(M)@:#\${words[CURRENT]}*} }; _switchback`,
  };
  const script = `compdef() { :; }\n${renderCompletion(shell, commands)}\n${ask[shell]}`;
  const { stdout, stderr } = spawnSync(shell, ["-c", script], { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

const there = (shell: string) => spawnSync(shell, ["-c", ":"]).status === 0;

describe.each(["bash", "zsh"] as const)("completion in %s", (shell) => {
  it.skipIf(!there(shell))("offers commands, their second words, flags, and the stacks of the folder", () => {
    expect(offered(shell, "sta")).toEqual(["status", "stack"]);
    expect(offered(shell, "maintenance", "")).toEqual(["on", "off"]);
    expect(offered(shell, "stack", "l")).toEqual(["ls"]);
    expect(offered(shell, "maintenance", "on", "--r")).toEqual(["--reason"]);
    expect(offered(shell, "--stack", "")).toEqual(["production"]);
    expect(offered(shell, "--stack", "production", "status", "--w")).toEqual(["--watch"]);
    expect(offered(shell, "--engine", "e")).toEqual(["embedded"]);
  });
});
