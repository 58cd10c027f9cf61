import { createInterface } from "node:readline/promises";

/** Somebody at a terminal said no, or pressed Ctrl-C. */
export class Aborted extends Error {}

/** Whether somebody can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks one question on the terminal. @throws Aborted on Ctrl-C or when the input ends */
export async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new AbortController();
  lines.once("SIGINT", () => gone.abort());
  lines.once("close", () => gone.abort());
  try {
    return (await lines.question(question, { signal: gone.signal })).trim();
  } catch {
    throw new Aborted("nothing was chosen");
  } finally {
    lines.close();
  }
}
