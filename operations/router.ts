import { text } from "node:stream/consumers";
import { recordDeployed } from "./live/deployed.ts";
import { goalIn, runOperation } from "./live/program.ts";
import type { RouterGoal } from "./router/goal.ts";
import { runRouter } from "./router/operation.ts";
import { routerName } from "./router/state.ts";

// What the router's command resource runs; nginx's configuration is on stdin.
runOperation({
  goal: goalIn<RouterGoal>("SWITCHBACK_ROUTER_GOAL"),
  purpose: () => "router",
  shells: (stack) => [routerName(stack)],
  operate: async (run) => {
    const result = await runRouter({ ...run, nginxConf: await text(process.stdin) });
    await recordDeployed(run.docker, run.goal.stack);
    return result;
  },
});
