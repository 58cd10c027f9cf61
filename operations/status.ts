import { connect } from "./live/docker.ts";
import { readStatus } from "./status/read.ts";
import { renderStatus } from "./status/render.ts";

// `node operations/status.ts <stack> [--json]`: what the live system is, without a lock and without a change.
const [stack, flag] = process.argv.slice(2);
if (!stack) throw new Error("expected `node operations/status.ts <stack> [--json]`");
const status = await readStatus(connect(), stack);
console.log(flag === "--json" ? JSON.stringify(status, null, 2) : renderStatus(status));
