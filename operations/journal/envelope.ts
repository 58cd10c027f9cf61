import type { JournalEntry } from "../live/journal.ts";

/** The text of a journal line around what only the records know: its number, its time and the hash before it. */
export interface Envelope {
  /** From after `prev` to the time inside the event. */
  readonly before: string;
  /** From after that time to the end, without the line's own hash. */
  readonly after: string;
}

const specVersion = "0.4.1";

/**
 * A line's envelope: CloudEvents 1.0 around CDEvents 0.4, whose `customData` is the entry. What CDEvents has no type for
 * gets one of its custom types, `dev.cdeventsx.switchback-<operation>.<event>`.
 */
export function envelope(stack: string, entry: JournalEntry, id: string): Envelope {
  const source = `/switchback/${stack}`;
  const { type, subject } = describe(stack, entry);
  const attributes = { specversion: "1.0", id, source, type, subject: subject.id, datacontenttype: "application/json" };
  const context = { version: specVersion, id, source, type };
  const data = { subject, customData: entry, customDataContentType: "application/json" };
  return {
    before: `${JSON.stringify(attributes).slice(1, -1)},"data":{"context":${JSON.stringify(context).slice(0, -1)},"timestamp":"`,
    after: `"},${JSON.stringify(data).slice(1)}}`,
  };
}

interface Described {
  readonly type: string;
  readonly subject: { readonly id: string; readonly type: string; readonly content: object };
}

function describe(stack: string, entry: JournalEntry): Described {
  const { event, operation = "stack" } = entry;
  const release = event === "switched" ? releaseOf(entry.to) : undefined;
  if (release !== undefined) {
    const content = { environment: { id: stack }, artifactId: `pkg:generic/${stack}@${encodeURIComponent(release)}` };
    return { type: `dev.cdevents.service.${predicate(entry)}.0.2.0`, subject: { id: stack, type: "service", content } };
  }
  const kind = `switchback-${letters(String(operation))}`;
  return { type: `dev.cdeventsx.${kind}.${letters(event)}.0.1.0`, subject: { id: stack, type: kind, content: {} } };
}

const letters = (word: string): string => word.replace(/[^A-Za-z]/g, "");

/** The release of a side such as `green 1.1.0`; undefined: nothing serves there, or it is absent. */
export const releaseOf = (side: unknown): string | undefined =>
  /^(?:blue|green) (?!\(absent\))(\S+)/.exec(typeof side === "string" ? side : "")?.[1];

function predicate({ from, back }: JournalEntry): "deployed" | "rolledback" | "upgraded" {
  if (releaseOf(from) === undefined) return "deployed";
  return back === true ? "rolledback" : "upgraded";
}
