import { defineConfig } from "vitest/config";
import { test } from "./vitest.shared.ts";

const nightly = "**/*.nightly.test.ts";
// Leases, holds and drains keep time: what loads the machine runs before them.
const clocks = ["test/operations/{pooler,router}/**/*.test.ts"];
const stacks = ["test/{e2e,runbooks}/**/*.test.ts"];

/** A group of files, after the ones with a smaller order. */
const group = (name: string, order: number, workers: number, include: string[], exclude: string[] = []) => ({
  test: {
    ...test,
    name,
    include,
    exclude: [nightly, ...exclude],
    maxWorkers: workers,
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  test: {
    projects: [
      group("parts", 0, 2, ["test/**/*.test.ts"], [...stacks, ...clocks]),
      group("stacks", 1, 2, stacks),
      group("clocks", 2, 1, clocks),
    ],
  },
});
