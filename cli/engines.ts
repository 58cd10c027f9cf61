import { spawnSync } from "node:child_process";
import { accessSync, constants, realpathSync } from "node:fs";
import { delimiter, join, sep } from "node:path";

export type Choice =
  | { readonly engine: "pulumi"; readonly binary: string; readonly version: string; readonly why: string }
  | { readonly engine: "embedded"; readonly why: string };

/** Time in milliseconds for `pulumi version`: a CLI that hangs must not keep a rollback waiting. */
const patience = 10_000;

/** Which engine runs: the one asked for, else the real pulumi CLI where it works, else the embedded one. Throws on another name. */
export function chooseEngine(asked: string | undefined, env: NodeJS.ProcessEnv): Choice {
  if (asked === "embedded") return { engine: "embedded", why: "asked for" };
  if (asked !== undefined && asked !== "pulumi") throw new Error(`--engine: expected pulumi or embedded, got ${asked}`);
  const why = asked === undefined ? "found on PATH" : "asked for";
  const failures: string[] = [];
  for (const binary of findPulumi(env.PATH ?? "")) {
    const { status, stdout, error } = spawnSync(binary, ["version"], {
      env: { ...env, PULUMI_SKIP_UPDATE_CHECK: "1" },
      encoding: "utf8",
      timeout: patience,
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (status === 0) return { engine: "pulumi", binary, version: stdout.trim(), why };
    failures.push(`${binary} does not run (${error?.message ?? `exit code ${status}`})`);
  }
  const reason = failures.length > 0 ? failures.join("; ") : "no pulumi CLI on PATH";
  if (asked === "pulumi") throw new Error(`--engine pulumi: ${reason}; install it, or leave --engine out`);
  return { engine: "embedded", why: reason };
}

/** Executables named pulumi on PATH. The npm wrapper in a node_modules folder is none: it would hide the real one and download another. */
export function findPulumi(path: string): string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== "" && !inModules(folder));
  const files = folders.map((folder) => join(folder, process.platform === "win32" ? "pulumi.exe" : "pulumi"));
  return [...new Set(files)].filter((file) => {
    try {
      accessSync(file, constants.X_OK);
      return !inModules(realpathSync(file));
    } catch {
      return false;
    }
  });
}

const inModules = (path: string): boolean => path.split(sep).includes("node_modules");
