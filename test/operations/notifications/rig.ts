import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sinks } from "../../../operations/notifications/deliver.ts";
import type { Notification } from "../../../operations/notifications/notification.ts";
import { type NotificationsConfig, notifications } from "../../../stacks/schema-notifications.ts";
import { type Fake, type Fault, fakeHttp, fakeSmtp } from "./fakes.ts";

export const kinds = ["slack", "pagerduty", "webhook", "email"] as const;
export type SinkKind = (typeof kinds)[number];

/** Times that an attempt gets in tests, in ms. */
export const timeoutMs = 400;
export const canary = "canary-5f2c9e";

export const configOf = (config: object): NotificationsConfig => notifications.parse(config)!;

/** A sink of the kind that sends to a fake, and its secrets, as they are when it is asked. */
export function sinkTo(kind: SinkKind, fake: Pick<Fake, "port" | "tls">, common: object = {}): Sinks {
  const url = `${fake.tls ? "https" : "http"}://127.0.0.1:${fake.port}/hook`;
  const security = fake.tls ? "tls" : "none";
  const sinks: Record<SinkKind, object> = {
    slack: { type: kind, url: "slackUrl" },
    pagerduty: { type: kind, routingKey: "key", url },
    webhook: { type: kind, url, signingSecret: "key" },
    email: { type: kind, host: "127.0.0.1", port: fake.port, security, from: "a@example.com", to: ["b@example.com"] },
  };
  const config = configOf({ sinks: { it: { ...sinks[kind], ...common } } });
  return { config, secrets: { slackUrl: url, key: canary }, timeoutMs };
}

export const fakeFor = (kind: SinkKind, fault?: Fault): Promise<Fake> =>
  kind === "email" ? fakeSmtp(fault) : fakeHttp(fault);

export const outbox = () => {
  const folder = mkdtempSync(join(tmpdir(), "switchback-outbox-"));
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
};

export const failed = (changes: Partial<Notification> = {}): Notification => ({
  key: "production/run-1/failed",
  kind: "failed",
  severity: "critical",
  stack: "production",
  at: "2026-11-21T02:00:00.000Z",
  subject: "production: change failed",
  text: "green 1.1.0 -> blue 1.0.0 by kim: blue is not ready",
  change: "run-1",
  ...changes,
});
