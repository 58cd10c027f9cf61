import { setTimeout as sleep } from "node:timers/promises";
import { checkOptions, type LoadOptions } from "./options.ts";
import { startRequests } from "./requests.ts";
import type { LoadResult } from "./result.ts";
import { startWebSockets } from "./web-sockets.ts";

// The load runs in a process of its own, so that what the driver does never delays a request.
const options = checkOptions(JSON.parse(process.argv[2] ?? "{}") as LoadOptions);
const requests = startRequests(options);
const webSockets = startWebSockets(options);

const counting = setInterval(() => {
  const failed = requests.records.reduce((count, { failure }) => count + (failure === null ? 0 : 1), 0);
  process.send?.({ progress: { requests: requests.records.length, failed } });
}, 1000);

const told = new Promise<void>((resolve) => {
  process.on("message", () => resolve());
  // The driver is gone: nobody wants the result.
  process.on("disconnect", () => process.exit(1));
});
// A Ctrl-C reaches the whole process group; the driver decides when the load ends.
process.on("SIGINT", () => {});
process.send?.({ ready: true });

await Promise.race([told, sleep(options.maxSeconds * 1000)]);
clearInterval(counting);
await Promise.all([requests.stop(), webSockets.stop()]);
const result: LoadResult = {
  requests: requests.records,
  webSockets: webSockets.counts,
  acknowledged: requests.acknowledged,
};
process.send?.({ result }, undefined, undefined, () => process.exit(0));
