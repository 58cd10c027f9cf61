import { tmpdir } from "node:os";
import { join } from "node:path";

/** What all tests share: they talk to a real Docker engine, nginx and the SDK's own program runner. */
export const test = {
  // A busy machine answers late, and what the tests ask is what it answers.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 10_000 } },
  env: {
    SWITCHBACK_PROBE_SECONDS: "6",
    // One for the stacks of all tests, each of which would have to fill its own.
    NODE_COMPILE_CACHE: join(tmpdir(), "switchback-test-cache"),
  },
};
