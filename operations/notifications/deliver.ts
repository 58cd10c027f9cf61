import { type NotificationsConfig, type SinkConfig, severities } from "../../stacks/schema-notifications.ts";
import type { Attempt } from "./http.ts";
import type { Notification } from "./notification.ts";
import { alone, type Delivery, enqueue, forget, list, type OutboxEntry, save } from "./outbox.ts";
import { redact } from "./redact.ts";
import { send } from "./sinks.ts";

/** Where notifications go, with the values of the stack's secrets. */
export interface Sinks {
  readonly config: NotificationsConfig;
  readonly secrets: Readonly<Record<string, string>>;
  /** For one attempt; unset: 10 s. */
  readonly timeoutMs?: number;
}

export interface Delivered {
  readonly delivered: number;
  readonly waiting: number;
  readonly dead: number;
  /** When something may be tried again, in ms since 1970; absent: nothing waits. */
  readonly nextAt?: number;
}

/** First pause between two attempts, doubled each time. */
const firstPauseMs = 5000;
const longestPauseMs = 300_000;
/** After so long nobody needs to be told any more. */
const giveUpMs = 86_400_000;

/**
 * Tries what is due in an outbox once, all sinks of a notification at a time. What was sent is remembered, what was not
 * waits for its pause or as long as the sink asked; a process that dies between the two sends again.
 * @returns what came of it; undefined: another process delivers from it
 */
export function deliver(folder: string, sinks: Sinks, now = Date.now()): Promise<Delivered | undefined> {
  return alone(folder, async () => {
    await forget(folder, now);
    for (const entry of await list(folder, "pending")) {
      const tried = await attempt(entry, sinks, now);
      const left = Object.values(tried.deliveries).filter(({ state }) => state === "waiting");
      const late = escalation(tried, sinks, now);
      if (late) await enqueue(folder, late);
      await save(folder, tried, left.length === 0);
    }
    return summary(await list(folder, "pending"), await list(folder, "done"));
  });
}

async function attempt(entry: OutboxEntry, sinks: Sinks, now: number): Promise<OutboxEntry> {
  const { notification, queuedAt, deliveries } = entry;
  const names = new Set([...routed(notification, sinks.config), ...Object.keys(deliveries)]);
  const results = await Promise.all(
    [...names].map(async (name): Promise<[string, Delivery]> => {
      const last: Delivery = deliveries[name] ?? { state: "waiting", attempts: 0, nextAt: 0 };
      const sink = sinks.config.sinks[name];
      if (last.state !== "waiting" || last.nextAt > now) return [name, last];
      if (!sink)
        return [name, { ...last, state: "dead", error: "expected a sink of this name, got none in the config" }];
      const result = await sendTo(sink, notification, sinks);
      return [name, after(last, result, now, queuedAt, Object.values(sinks.secrets))];
    }),
  );
  return { ...entry, deliveries: Object.fromEntries(results) };
}

/** The sinks that a notification is for. */
export function routed(notification: Notification, { sinks, escalation }: NotificationsConfig): string[] {
  if (notification.kind === "escalation") return [...(escalation?.sinks ?? [])];
  const rank = (severity: (typeof severities)[number]) => severities.indexOf(severity);
  return Object.entries(sinks).flatMap(([name, sink]) => {
    if (sink.audience === "customers") return notification.customerText !== undefined ? [name] : [];
    const resolves = sink.type === "pagerduty" && notification.kind === "completed";
    return resolves || rank(notification.severity) >= rank(sink.minSeverity) ? [name] : [];
  });
}

function sendTo(sink: SinkConfig, notification: Notification, { secrets, timeoutMs }: Sinks): Promise<Attempt> {
  const values = Object.values(secrets);
  const clean = (text: string) => redact(text, values);
  const text = clean(sink.audience === "customers" ? (notification.customerText ?? "") : notification.text);
  const { customerText: _, ...told } = notification;
  const subject = sink.audience === "customers" ? notification.stack : clean(notification.subject);
  const secret = (key: string) => secrets[key] ?? "";
  return send({ sink, secret, notification: { ...told, subject, text }, text, ...(timeoutMs && { timeoutMs }) });
}

function after(last: Delivery, result: Attempt, now: number, queuedAt: number, secrets: readonly string[]): Delivery {
  const attempts = last.attempts + 1;
  if (result.kind === "delivered") return { state: "delivered", attempts, nextAt: 0 };
  const error = redact(result.error, secrets);
  if (result.kind === "refused" || now - queuedAt > giveUpMs) return { state: "dead", attempts, nextAt: 0, error };
  const pause = result.afterMs ?? Math.min(longestPauseMs, firstPauseMs * 2 ** (attempts - 1));
  // Both are counted from the answer, which may have taken its time.
  return { state: "waiting", attempts, nextAt: Math.max(now, Date.now()) + pause, error };
}

/** What the escalation's sinks are told when another one could not be reached in time; an escalation has none of its own. */
function escalation({ notification, queuedAt, deliveries }: OutboxEntry, { config }: Sinks, now: number) {
  if (!config.escalation || notification.kind === "escalation") return undefined;
  const late = now - queuedAt >= config.escalation.afterMinutes * 60_000;
  const missing = Object.entries(deliveries).filter(
    ([, { state, attempts }]) => state === "dead" || (late && state === "waiting" && attempts > 0),
  );
  if (missing.length === 0) return undefined;
  const told: Notification = {
    key: `${notification.key}/escalation`,
    kind: "escalation",
    severity: "critical",
    stack: notification.stack,
    at: new Date(now).toISOString(),
    subject: `${notification.stack}: undelivered: ${notification.subject}`,
    text: `${missing.map(([name, { error }]) => `${name} could not be reached: ${error}`).join("\n")}\n\n${notification.text}`,
  };
  return told;
}

function summary(pending: readonly OutboxEntry[], done: readonly OutboxEntry[]): Delivered {
  const all = [...pending, ...done].flatMap(({ deliveries }) => Object.values(deliveries));
  const count = (wanted: Delivery["state"]) => all.filter(({ state }) => state === wanted).length;
  // One that has just been put in was not tried yet.
  const due = pending.flatMap(({ deliveries }) => {
    const waiting = Object.values(deliveries).filter(({ state }) => state === "waiting");
    return Object.keys(deliveries).length === 0 ? [0] : waiting.map(({ nextAt }) => nextAt);
  });
  const counts = { delivered: count("delivered"), waiting: count("waiting"), dead: count("dead") };
  return due.length > 0 ? { ...counts, nextAt: Math.min(...due) } : counts;
}
