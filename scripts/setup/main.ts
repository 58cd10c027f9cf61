import { parseArgs } from "node:util";
import { baseImage } from "./base-image.ts";
import { dockerEngine } from "./docker.ts";
import { projectImages } from "./images.ts";
import { node } from "./node.ts";
import { SetupError, type Step } from "./step.ts";

const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
process.exitCode = await setUp([node, dockerEngine, baseImage, ...projectImages], values.check);

/** Goes through the steps in order and stops at the first that stays undone. @returns the exit code */
async function setUp(steps: readonly Step[], checkOnly: boolean): Promise<number> {
  for (const step of steps) {
    const before = await step.check();
    if (before.done) {
      console.log(`✓ ${step.name}: ${before.detail}`);
      continue;
    }
    if (checkOnly) {
      console.log(`✗ ${step.name}: ${before.detail}; \`npm run setup\` would ${step.plan}`);
      return 1;
    }
    console.log(`→ ${step.name}: ${before.detail}; going to ${step.plan}`);
    const began = performance.now();
    try {
      await step.run((line) => console.log(`  ${line}`));
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      console.error(`✗ ${step.name}: ${error.message}`);
      return 1;
    }
    const after = await step.check();
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`${after.done ? "✓" : "✗"} ${step.name}: ${after.detail} (${seconds} s)`);
    if (!after.done) return 1;
  }
  return 0;
}
