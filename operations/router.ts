import { text } from "node:stream/consumers";
import { actor } from "./live/actor.ts";
import { recordDeployed } from "./live/deployed.ts";
import { connect, withShells } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runReason, withLock } from "./live/lock.ts";
import { required, runProgram } from "./live/program.ts";
import { ensureRecords, recordsName } from "./live/records.ts";
import type { RouterGoal } from "./router/goal.ts";
import { runRouter } from "./router/operation.ts";
import { routerName } from "./router/state.ts";

/**
 * What the router's command resource runs: SWITCHBACK_ROUTER_GOAL (a RouterGoal as JSON), SWITCHBACK_EPOCH, and the nginx
 * configuration on stdin. Progress goes to stderr, the result as one line of JSON to stdout.
 */
async function main(): Promise<void> {
  const goal = JSON.parse(required("SWITCHBACK_ROUTER_GOAL")) as RouterGoal;
  const epoch = required("SWITCHBACK_EPOCH");
  const nginxConf = await text(process.stdin);
  const docker = connect();
  await ensureRecords(docker, goal.stack);
  const reason = await runReason(goal.stack);
  const containers = [recordsName(goal.stack), routerName(goal.stack)];
  const operate = () =>
    runRouter({
      docker,
      goal,
      epoch,
      nginxConf,
      reason,
      actor: actor(),
      journal: (entry) => appendJournal(docker, goal.stack, entry),
      log: (line) => console.error(line),
    });
  const result = await withShells(docker, containers, async () => {
    const reached = await withLock(docker, goal.stack, "router", operate);
    await recordDeployed(docker, goal.stack);
    return reached;
  });
  console.log(JSON.stringify(result));
}

runProgram(main);
