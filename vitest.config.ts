import { defineConfig } from "vitest/config";
import { test } from "./vitest.shared.ts";

const program = ["test/{cli,components,engine,parity,stacks}/**/*.test.ts"];
const nightly = ["**/*.nightly.test.ts"];

export default defineConfig({
  test: {
    projects: [
      { test: { ...test, name: "program", include: program, maxWorkers: 2, sequence: { groupOrder: 0 } } },
      // Leases, holds and drains keep time on one engine: what loads it runs alone.
      {
        test: {
          ...test,
          name: "machine",
          include: ["test/**/*.test.ts"],
          exclude: [...program, ...nightly],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
