import { defineConfig } from "vitest/config";
import { test } from "./vitest.shared.ts";

const nightly = "**/*.nightly.test.ts";
// Each on containers of its own, or on none.
const apart = [
  "test/{cli,components,decision,engine,images,parity,stacks}/**/*.test.ts",
  "test/operations/!(pooler|router)/**/*.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...test,
          name: "parts",
          include: apart,
          exclude: [nightly],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // Leases, holds and drains keep time, and so do whole stacks: what loads the machine runs alone.
      {
        test: {
          ...test,
          name: "whole",
          include: ["test/**/*.test.ts"],
          exclude: [...apart, nightly],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
