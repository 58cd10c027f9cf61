import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { SetupError } from "./step.ts";

/** Runs a program and says each line it prints. @throws when it exits non-zero, with its last lines */
export function run(program: string, args: readonly string[], say: (line: string) => void): Promise<void> {
  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  const last: string[] = [];
  const onLines = (text: string) => {
    for (const line of text.split("\n").filter(Boolean)) {
      last.push(line);
      if (last.length > 5) last.shift();
      say(line);
    }
  };
  child.stdout.setEncoding("utf8").on("data", onLines);
  child.stderr.setEncoding("utf8").on("data", onLines);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      const words = [program, ...args].join(" ");
      reject(new SetupError(`expected \`${words}\` to end with 0, got ${code ?? signal}: ${last.join(" | ")}`));
    });
  });
}

/** Whether a program is on PATH. */
export const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v "$1"`, "sh", program]).status === 0;

/** Whether packages of this machine can be installed: root on a Debian family system. */
export const canInstall = (): boolean =>
  process.getuid?.() === 0 && existsSync("/etc/debian_version") && has("apt-get");
