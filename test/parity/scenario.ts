import { afterAll, expect, it, vi } from "vitest";
import { type EngineName, hasPulumi } from "./engines.ts";
import { Lab, removeTemplates } from "./lab.ts";

const real = hasPulumi();
const engines: readonly EngineName[] = real ? ["embedded", "pulumi"] : ["embedded"];
let skipped = 0;

// Two cores run two scenarios at once; more would only make the waits in them longer.
vi.setConfig({ maxConcurrency: 2 });

/**
 * A test that runs `story` on every engine there is, each with its own stack, and then expects both to have seen the
 * same: outcomes of commands, planned steps, order of effects, containers, history and state.
 */
export function scenario(title: string, story: (lab: Lab) => Promise<void>): void {
  if (!real) {
    skipped++;
    it.concurrent.skip(`${title} (the same on pulumi)`);
  }
  it.concurrent(title, async () => {
    const labs = engines.map((engine) => new Lab(engine));
    try {
      await Promise.all(labs.map((lab) => tell(lab, story)));
      const [first, ...others] = labs;
      for (const lab of others) expect(first!.observed).toEqual(lab.observed);
    } finally {
      await Promise.all(labs.map((lab) => lab.dispose()));
    }
  });
}

async function tell(lab: Lab, story: (lab: Lab) => Promise<void>): Promise<void> {
  try {
    await lab.init();
    await story(lab);
    await lab.conclude();
  } catch (error) {
    throw new Error(`on the ${lab.engine} engine: ${(error as Error).message}`, { cause: error });
  }
}

afterAll(removeTemplates);
afterAll(() => {
  if (skipped > 0) console.log(`the pulumi half of ${skipped} scenarios was skipped: no pulumi CLI on PATH`);
});
