import { testKills } from "./crash.ts";

// Beside crash.test.ts, so that both run at the same time.
testKills([
  ["schema", 5],
  ["recovery", 8],
]);
