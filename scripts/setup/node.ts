import type { Step } from "./step.ts";

/** The Node that runs this; `scripts/setup.mjs` has found it. */
export const node: Step = {
  name: "Node",
  check: async () => ({ done: true, detail: process.version }),
  plan: "install the npm package `node`",
  run: async () => {},
};
