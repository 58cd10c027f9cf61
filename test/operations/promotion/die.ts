import { connect } from "../../../operations/live/docker.ts";
import { appendJournal } from "../../../operations/live/journal.ts";
import { runPromotion } from "../../../operations/promotion/operation.ts";

// Runs a promotion in a process of its own, which is killed right before its n-th request to the Docker engine.
// `node die.ts <n>`, with the goal and the epoch in the environment. Without a kill it prints how many requests there were.
const last = Number(process.argv[2]);
const docker = connect();
const { modem } = docker as unknown as { modem: { dial: (...args: unknown[]) => unknown } };
const dial = modem.dial.bind(modem);
let requests = 0;
modem.dial = (...args) => {
  requests += 1;
  if (requests === last) process.kill(process.pid, "SIGKILL");
  return dial(...args);
};
const goal = JSON.parse(process.env.SWITCHBACK_PROMOTION_GOAL!);
await runPromotion({
  docker,
  goal,
  epoch: process.env.SWITCHBACK_EPOCH!,
  reason: "a test",
  actor: "test",
  journal: (entry) => appendJournal(docker, goal.stack, entry),
  log: () => {},
});
console.log(requests);
