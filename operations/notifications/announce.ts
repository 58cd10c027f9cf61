import type { NotificationsConfig } from "../../stacks/schema-notifications.ts";
import type { Change } from "../journal/changes.ts";
import { recovers } from "../journal/figures.ts";
import type { Notification } from "./notification.ts";
import { fill } from "./texts.ts";

export interface Told {
  readonly stack: string;
  readonly config: NotificationsConfig;
}

/** Told at once, before anything has changed. */
export const initiated = (change: Change, told: Told): Notification => ({
  ...base(change, told, "initiated"),
  kind: "initiated",
  severity: "info",
  subject: `${told.stack}: change begun`,
  text: fill("initial", told.stack, change, told.config),
  customerText: fill("customer", told.stack, change, told.config),
});

export const progress = (change: Change, told: Told): Notification => ({
  ...base(change, told, "progress"),
  kind: "progress",
  severity: "info",
  subject: `${told.stack}: change under way`,
  text: fill("progress", told.stack, change, told.config),
});

/**
 * What the ends of changes are told as; `all` are the journal's, oldest first, `ended` those that nobody was told of yet.
 * A refusal has changed nothing and is not told.
 */
export function announcements(ended: readonly Change[], all: readonly Change[], told: Told): Notification[] {
  return ended.flatMap((change) => {
    if (change.status === "refused") return [];
    if (change.status !== "done") return [failed(change, told)];
    return [completed(change, told), ...repeated(change, all, told)];
  });
}

const completed = (change: Change, told: Told): Notification => ({
  ...base(change, told, "completed"),
  kind: "completed",
  severity: "info",
  subject: `${told.stack}: ${change.kind} done`,
  text: fill("completion", told.stack, change, told.config),
  customerText: fill("customerEnd", told.stack, change, told.config),
});

const failed = (change: Change, told: Told): Notification => ({
  ...base(change, told, "failed"),
  kind: "failed",
  severity: "critical",
  subject: `${told.stack}: change ${change.status === "started" ? "never ended" : change.status}`,
  text: fill("failure", told.stack, change, told.config),
});

/** Told once when the number is reached, and again each time it is reached anew. */
function repeated(change: Change, all: readonly Change[], { stack, config }: Told): Notification[] {
  if (!recovers(change)) return [];
  const { count, hours } = config.repeated;
  const end = Date.parse(change.startedAt);
  const recent = all.filter(
    (one) => recovers(one) && Date.parse(one.startedAt) <= end && Date.parse(one.startedAt) > end - hours * 3_600_000,
  );
  if (recent.length === 0 || recent.length % count !== 0) return [];
  const subject = `${stack}: ${recent.length} rollbacks within ${hours} h`;
  const reasons = recent.map(({ startedAt, reason }) => `${startedAt} ${reason || "(no reason was given)"}`);
  const key = `${stack}/${change.id}/repeated`;
  return [
    {
      ...base(change, { stack, config }, "repeated"),
      key,
      kind: "repeated",
      severity: "warning",
      subject,
      text: [subject, ...reasons].join("\n"),
    },
  ];
}

const base = (change: Change, { stack }: Told, kind: string) => ({
  key: `${stack}/${change.id}/${kind}`,
  stack,
  at: change.endedAt ?? change.startedAt,
  change: change.id,
});
