/** What all tests share: they talk to a real Docker engine, nginx and the SDK's own program runner. */
export const test = {
  // A busy machine answers late, and what the tests ask is what it answers.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 10_000 } },
  env: { SWITCHBACK_PROBE_SECONDS: "6" },
};
