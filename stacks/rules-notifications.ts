import type { StackConfig } from "./schema.ts";
import type { SinkConfig } from "./schema-notifications.ts";

/** Sinks name secrets that are there, and the escalation names sinks that are. */
export function notificationsRule({ notifications, secrets }: StackConfig, errors: string[]): void {
  if (!notifications) return;
  for (const [name, sink] of Object.entries(notifications.sinks)) {
    for (const [field, key] of secretFields(sink)) {
      if (key in secrets) continue;
      errors.push(
        `notifications.sinks.${name}.${field}: expected a key of secrets, got ${key}; set it: pulumi config set --secret --path secrets.${key}`,
      );
    }
  }
  for (const [at, name] of (notifications.escalation?.sinks ?? []).entries()) {
    if (name in notifications.sinks) continue;
    errors.push(
      `notifications.escalation.sinks[${at}]: expected one of ${Object.keys(notifications.sinks).join(", ") || "(no sink)"}, got ${name}`,
    );
  }
}

/** The fields of a sink that name a secret. */
export function secretFields(sink: SinkConfig): [field: string, key: string][] {
  if (sink.type === "slack") return [["url", sink.url]];
  if (sink.type === "pagerduty") return [["routingKey", sink.routingKey]];
  if (sink.type === "webhook") return [["signingSecret", sink.signingSecret]];
  return sink.password === undefined ? [] : [["password", sink.password]];
}
