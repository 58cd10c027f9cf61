import type { Severity } from "../../stacks/schema-notifications.ts";

export type NotificationKind = "initiated" | "progress" | "completed" | "failed" | "repeated" | "escalation" | "test";

/** What somebody is told, whatever the sink. */
export interface Notification {
  /** Tells it from every other one; the same one is sent once. */
  readonly key: string;
  readonly kind: NotificationKind;
  readonly severity: Severity;
  readonly stack: string;
  /** RFC 3339 */
  readonly at: string;
  readonly subject: string;
  /** For operators. */
  readonly text: string;
  /** For customers; absent: it is none of their business. */
  readonly customerText?: string;
  /** The change that it is about; absent: several, or none. */
  readonly change?: string;
}

/** Notifications and sinks that concern the same trouble have this in common: an end resolves what a failure triggered. */
export const incidentKey = ({ stack, kind }: Notification): string =>
  ["initiated", "progress", "completed", "failed"].includes(kind)
    ? `switchback/${stack}`
    : `switchback/${stack}/${kind}`;
