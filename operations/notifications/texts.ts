import type { NotificationsConfig } from "../../stacks/schema-notifications.ts";
import type { Change } from "../journal/changes.ts";
import { time } from "../journal/render.ts";

type Templates = NotificationsConfig["templates"];
export type TemplateName = keyof Templates;

const builtIn: Readonly<Record<TemplateName, string>> = {
  initial: "{stack}: level {level} change has begun, {from} -> {to}, by {actor}: {reason}\n{contacts}",
  progress: "{stack}: the level {level} change {from} -> {to} by {actor} is still under way.\n{contacts}",
  completion:
    "{stack}: level {level} {kind} is done, {from} -> {to}, in {duration}. Downtime before it: {downtime}, {failed} failed requests. By {actor}: {reason}",
  failure:
    "{stack}: the level {level} change {from} -> {to} by {actor} did not succeed: {error}\nSee `switchback status`, `switchback incident`.\n{contacts}",
  customer: "We are working on a problem with our service and will tell you as soon as it is over.",
  customerEnd: "The problem with our service is over. We are sorry for the trouble.",
};

/** A template with what is known of a change in its places. */
export function fill(name: TemplateName, stack: string, change: Change, config: NotificationsConfig): string {
  const values: Record<string, string> = {
    stack,
    level: `${change.level ?? "-"}`,
    kind: change.kind,
    from: change.from ?? "-",
    to: change.to ?? "-",
    reason: change.reason || "(no reason was given)",
    actor: change.actor,
    duration: time(change.durationMs),
    downtime: time(change.downtimeMs),
    failed: `${change.failedRequests ?? "-"}`,
    error: change.error ?? "its run ended without an end in the journal",
    contacts: describeContacts(config),
  };
  const template = config.templates[name] ?? builtIn[name];
  return template.replace(/\{(\w+)\}/g, (place, key: string) => values[key] ?? place).trim();
}

export const contactsOf = ({ contacts }: Pick<NotificationsConfig, "contacts">): string[] =>
  contacts.map(({ name, role, reach }) => [name, role && `(${role})`, reach].filter(Boolean).join(" "));

const describeContacts = (config: NotificationsConfig): string => {
  const contacts = contactsOf(config);
  return contacts.length > 0 ? `Contacts: ${contacts.join("; ")}` : "";
};
