import { createInterface } from "node:readline/promises";
import type { Io } from "../engine/operations/open.ts";

/** The terminal as operations see it. Ctrl-C once: what is under way ends and the state is saved; twice: out at once. */
export function terminal(options: { interactive: boolean }): Io {
  const controller = new AbortController();
  let asking = false;
  const interrupt = () => {
    if (controller.signal.aborted || asking) process.exit(130);
    console.error("^C received; cancelling. What is under way ends first; press ^C again to leave at once");
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  const io: Io = {
    env: process.env,
    out: (line) => console.log(line),
    err: (line) => console.error(line),
    signal: controller.signal,
  };
  if (!options.interactive || !process.stdin.isTTY || !process.stdout.isTTY) return io;
  return {
    ...io,
    async confirm(question) {
      const lines = createInterface({ input: process.stdin, output: process.stdout });
      asking = true;
      try {
        return /^(y|yes)$/i.test((await lines.question(`${question} [yes/no] `)).trim());
      } finally {
        asking = false;
        lines.close();
      }
    },
  };
}

/** All of standard input. */
export async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
