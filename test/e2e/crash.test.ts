import { testKills } from "./crash.ts";

testKills([
  ["deploy", 3],
  ["switch", 3],
]);
