#!/usr/bin/env node
// Plain JavaScript: this must run on the Node that a machine happens to have, and then on one that runs TypeScript.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [major, minor] = process.versions.node.split(".").map(Number);

if (major > 22 || (major === 22 && minor >= 18)) {
  module.enableCompileCache(join(root, ".switchback", "cache"));
  const { main } = await import("./main.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const newer = join(root, "node_modules", "node", "bin", "node");
  if (existsSync(newer)) runWith(newer);
  else {
    console.error(
      `switchback needs Node 22.18 or newer, this is ${process.versions.node}: run \`npm ci\` in ${root}, which brings one`,
    );
    process.exitCode = 1;
  }
}

function runWith(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  // Ctrl-C reaches the child by itself, which decides what it means.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("error", (error) => {
    console.error(`cannot start ${node}: ${error.message}; run \`npm ci\` in ${root} again`);
    process.exitCode = 1;
  });
  child.on("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
