import { connect } from "./live/docker.ts";
import { readLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { deliver, routed } from "./notifications/deliver.ts";
import { enqueue, list, type OutboxEntry, outboxOf } from "./notifications/outbox.ts";
import { readSinks } from "./notifications/read-config.ts";
import { tellEnds } from "./notifications/tell-ends.ts";

// `node operations/notify.ts <stack> list|deliver|test`: the outbox of the stack's notifications.
const [stack = "", verb = ""] = process.argv.slice(2);
const folder = outboxOf(stack);

runProgram(async () => {
  const verbs: Record<string, () => Promise<void>> = { list: show, deliver: deliverAll, test: tryOut };
  const run = verbs[verb];
  if (!stack || !run) throw new Error("expected `node operations/notify.ts <stack> list|deliver|test`");
  await run();
});

async function show(): Promise<void> {
  const [pending, done] = await Promise.all([list(folder, "pending"), list(folder, "done")]);
  if (pending.length + done.length === 0) console.log(`nothing in ${folder}`);
  for (const entry of [...done, ...pending]) console.log(describe(entry));
}

/** Tells what nobody was told of, and tries what is due, once. */
async function deliverAll(): Promise<void> {
  const { config, secrets } = readSinks(stack);
  const docker = connect();
  const lock = await readLock(docker, stack).catch(() => undefined);
  const told = tellEnds(docker, folder, { stack, config }, lock?.dead === false ? lock.token : undefined);
  await told.catch((error: Error) => console.error(`the journal cannot be read: ${error.message}`));
  const result = await deliver(folder, { config, secrets });
  if (!result)
    throw new Error(`expected to be the only one that delivers from ${folder}, got another process; wait for its end`);
  console.log(`${result.delivered} delivered, ${result.waiting} waiting, ${result.dead} given up`);
  if (result.waiting > 0) process.exitCode = 1;
}

/** Sends a test to every sink of the operators. */
async function tryOut(): Promise<void> {
  const { config, secrets } = readSinks(stack);
  const at = new Date().toISOString();
  const key = `${stack}/test/${at}`;
  const notification = {
    key,
    kind: "test",
    severity: "critical",
    stack,
    at,
    subject: `${stack}: test`,
    text: "This is a test of the notifications.",
  } as const;
  if (routed(notification, config).length === 0)
    throw new Error("expected a sink for operators, got none; see docs/notifications.md");
  await enqueue(folder, notification);
  await deliver(folder, { config, secrets });
  const entries = [...(await list(folder, "pending")), ...(await list(folder, "done"))];
  const entry = entries.find((one) => one.notification.key === key);
  if (!entry) throw new Error("expected the test in the outbox, got none");
  console.log(describe(entry));
  if (Object.values(entry.deliveries).some(({ state }) => state !== "delivered")) process.exitCode = 1;
}

function describe({ notification, deliveries }: OutboxEntry): string {
  const sinks = Object.entries(deliveries).map(([name, { state, attempts, error, nextAt }]) => {
    const next = state === "waiting" && nextAt > 0 ? `, next at ${new Date(nextAt).toISOString()}` : "";
    return `  ${name}: ${state === "dead" ? "given up" : state} after ${attempts} attempt(s)${error ? `: ${error}` : ""}${next}`;
  });
  return [`${notification.at} ${notification.severity} ${notification.kind}: ${notification.subject}`, ...sinks].join(
    "\n",
  );
}
