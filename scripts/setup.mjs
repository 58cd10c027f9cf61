// Runs on whatever Node the machine has, so it is plain JavaScript: finds a Node that runs TypeScript, then hands over.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const repository = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const packaged = path.join(repository, "node_modules", "node", "bin", "node");
const main = path.join(repository, "scripts", "setup", "main.ts");
const args = process.argv.slice(2);

if (!existsSync(path.join(repository, "node_modules", "zod"))) {
  fail("expected the packages of package-lock.json in node_modules, got none; run `npm ci`");
} else if (isEnough(process.version)) {
  await import(main);
} else {
  if (!version(packaged)) installPackaged();
  const found = version(packaged);
  if (isEnough(found)) {
    const { status } = spawnSync(packaged, [main, ...args], { stdio: "inherit", cwd: repository });
    process.exitCode = status ?? 1;
  } else {
    fail(`expected Node 22.18 or newer, got ${process.version} and, from the npm package, ${found || "none"}`);
  }
}

/** Node 22.18 is the first that runs TypeScript without a flag. */
function isEnough(found) {
  const [major = 0, minor = 0] = found.replace(/^v/, "").split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}

function version(node) {
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "";
}

// npm may have been told to run no install scripts: the binary of the package `node` is then missing.
function installPackaged() {
  if (args.includes("--check")) return;
  console.log(
    `→ Node: the machine's is ${process.version}; installing the npm package \`node\` with \`npm rebuild node\``,
  );
  spawnSync("npm", ["rebuild", "node", "--ignore-scripts=false"], { stdio: "inherit", cwd: repository });
}

function fail(sentence) {
  console.error(`✗ Node: ${sentence}`);
  process.exitCode = 1;
}
