import { testKills } from "./crash.ts";

// Every boundary, once.
testKills([
  ["deploy", 1],
  ["switch", 1],
]);
