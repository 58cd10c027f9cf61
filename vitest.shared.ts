/** What all tests share: they talk to a real Docker engine, nginx and the SDK's own program runner. */
export const test = { testTimeout: 60_000, hookTimeout: 120_000 };
