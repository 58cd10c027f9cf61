import { spawn } from "node:child_process";
import { join } from "node:path";
import { repository } from "../../scripts/project.ts";
import { engine, type TestStack } from "./stack.ts";

/**
 * Runs a command on a terminal of its own, and types each answer once what it waits for was printed.
 * @returns everything that stood on the terminal, and the exit code
 */
export function atTerminal(
  stack: TestStack,
  args: readonly string[],
  answers: readonly (readonly [wait: string, type: string])[],
): Promise<{ code: number | null; output: string }> {
  const words = [process.execPath, join(repository, "cli", "switchback.mjs"), ...args];
  const all = [...words, "--stack", stack.stack, "--engine", engine].map((word) => `'${word}'`);
  const state = `file://${join(stack.dir, ".switchback", "pulumi")}`;
  const child = spawn("script", ["-qec", all.join(" "), "/dev/null"], {
    cwd: stack.dir,
    env: {
      ...process.env,
      SWITCHBACK_ACTOR: "tester",
      PULUMI_BACKEND_URL: state,
      PULUMI_CONFIG_PASSPHRASE: "e2e",
    },
  });
  const left = [...answers];
  let output = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    const at = left[0] ? output.indexOf(left[0][0], seen) : -1;
    if (at < 0) return;
    seen = at + left[0]![0].length;
    child.stdin.write(left.shift()![1]);
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, output }));
  });
}
