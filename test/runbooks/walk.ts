import { expect } from "vitest";
import { runbookNamed } from "../../runbooks/all.ts";
import { fill, stepsOf } from "../../runbooks/runbook.ts";
import { engine, type TestStack } from "../e2e/stack.ts";

/** A runbook that is gone by on a real stack, with its own commands. */
export interface Walk {
  /**
   * Types the commands of one block of steps, and holds exit code and output against what the runbook says.
   *
   * @param values for what the commands name in braces
   * @returns what each printed
   */
  type(id: string, values?: Readonly<Record<string, string>>): Promise<string[]>;
  /** Fails for commands that were not typed. */
  finish(): void;
}

export function walk(name: string, stack: TestStack): Walk {
  const blocks = stepsOf(runbookNamed(name));
  const typed = new Set<string>();
  return {
    async type(id, values = {}) {
      const block = blocks.find((one) => one.id === id);
      if (!block) throw new Error(`expected steps ${blocks.map((one) => one.id).join(", ")} in ${name}, got ${id}`);
      typed.add(id);
      const printed: string[] = [];
      for (const { run, shows, code = 0 } of block.steps) {
        const line = fill(run, { ...values, stack: stack.stack });
        const result = await stack.shell(line, `--engine ${engine}`);
        const output = result.stdout + result.stderr;
        expect(result.code, `${line}\n${output}`).toBe(code);
        if (shows) expect(output, line).toMatch(shows);
        printed.push(output);
      }
      return printed;
    },
    finish: () => expect([...typed].sort()).toEqual(blocks.map(({ id }) => id).sort()),
  };
}
