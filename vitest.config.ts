import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["**/*.nightly.test.ts"],
    // Tests talk to a real Docker engine, nginx and the SDK's own program runner.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
