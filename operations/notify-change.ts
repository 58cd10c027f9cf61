import { text } from "node:stream/consumers";
import type { Watch } from "./notifications/begin.ts";
import { outboxOf } from "./notifications/outbox.ts";
import { watch } from "./notifications/watch.ts";

// `node operations/notify-change.ts` with a watch as JSON on stdin: tells of a change that `up` makes, and outlives it.
const told = JSON.parse(await text(process.stdin)) as Watch;
const folder = outboxOf(told.stack);
await watch(folder, told, async () => {
  // What asks Docker is loaded when the change is over: until then it needs the machine more.
  const { lookAt } = await import("./notifications/look.ts");
  return lookAt(folder, told);
});
