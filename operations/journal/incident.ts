import type { Change } from "./changes.ts";
import { recovers } from "./figures.ts";
import type { JournalLine } from "./line.ts";
import { time } from "./render.ts";

export interface IncidentFacts {
  readonly stack: string;
  /** The change that ended the incident, or tried to. */
  readonly change: Change;
  readonly changes: readonly Change[];
  readonly lines: readonly JournalLine[];
  /** Names and how to reach them, as the config says. */
  readonly contacts: readonly string[];
}

/** The change that a report is about: the one named, else the last that went back, failed or was never ended. */
export function chooseIncident(changes: readonly Change[], named: string | undefined): Change | undefined {
  if (named === undefined)
    return changes.findLast((change) => recovers(change) || ["failed", "started"].includes(change.status));
  return changes.find(({ id, seqs, startedAt }) => id === named || `${seqs[0]}` === named || startedAt === named);
}

/** A report of an incident with its post-mortem in Markdown: what the journal knows is filled in, the rest is left open. */
export function renderIncident({ stack, change, changes, lines, contacts }: IncidentFacts): string {
  const end = Date.parse(change.endedAt ?? change.startedAt);
  const deployed = changes.findLast(
    (one) =>
      one.status === "done" && Date.parse(one.startedAt) < Date.parse(change.startedAt) && one.to === change.from,
  );
  const begin = Date.parse(change.startedAt) - Math.max(change.downtimeMs ?? 0, 3_600_000);
  const from = Math.max(begin, deployed ? Date.parse(deployed.startedAt) : begin);
  const timeline = lines.filter(({ at }) => Date.parse(at) >= from && Date.parse(at) <= end + 3_600_000);
  const due = (days: number) => new Date(end + days * 86_400_000).toISOString().slice(0, 10);
  return `# Incident: ${stack}, ${change.startedAt.slice(0, 16).replace("T", " ")} UTC

| | |
|---|---|
| what ended it | level ${change.level ?? "-"} ${change.kind}: ${change.from ?? "-"} -> ${change.to ?? "-"} |
| status | ${change.status === "started" ? "started, no end: the run was killed or is under way" : change.status} |
| why | ${change.reason || "(no reason was given)"} |
| who | ${[change.actor, change.gitAuthor, change.ci].filter(Boolean).join(", ")} |
| began | ${change.startedAt} |
| ended | ${change.endedAt ?? "-"} |
| took | ${time(change.durationMs)} |
| downtime before it, by the router's log | ${time(change.downtimeMs)} |
| failed requests | ${change.failedRequests ?? "-"} |
| deployed before | ${deployed ? `${deployed.to} at ${deployed.endedAt}, ${time(end - Date.parse(deployed.endedAt!))} until it was left` : "-"} |
| verdict | ${change.verdict ?? "-"} |
${change.error ? `| error | ${cell(change.error)} |\n` : ""}
${contacts.length > 0 ? `Contacts: ${contacts.join("; ")}\n\n` : ""}## Timeline

| time (UTC) | number | event | what |
|---|---|---|---|
${timeline.map((line) => `| ${line.at} | ${line.seq} | ${line.event} | ${cell(describe(line))} |`).join("\n")}

## Checks of the verdict

${(change.checks ?? []).map(({ name, answer, detail }) => `- ${answer}: ${name}: ${detail}`).join("\n") || "- none were recorded"}

## Checklist

Before

${items(change, "before")}

During

${items(change, "during")}

After

${items(change, "after")}

## Post-mortem

- Impact on users: _to be written_ (due ${due(1)})
- Root cause: _to be written_ (due ${due(5)})
- What went well, what did not: _to be written_ (due ${due(5)})
- Why it was not found earlier: _to be written_ (due ${due(5)})

| action | owner | due |
|---|---|---|
| fix what was gone back from, and deploy it again | _open_ | ${due(2)} |
| add the test or check that would have found it | _open_ | ${due(7)} |
| review this report with everybody concerned | _open_ | ${due(5)} |
`;
}

/** What the journal proves is ticked; the rest is open. */
function items(change: Change, when: "before" | "during" | "after"): string {
  const has = (component: string) => change.parts.some((part) => part.component === component);
  const list: Record<typeof when, readonly (readonly [boolean, string])[]> = {
    before: [
      [change.reason !== "", "the reason is written down"],
      [change.verdict !== undefined, "the verdict was read"],
      [change.level === 1 || has("safety-backup"), "a safety backup was taken, where the schema or data moved"],
      [false, "those on call and those concerned were told"],
    ],
    during: [
      [change.endedAt !== undefined, "the change came to an end"],
      [change.status === "done", "the traffic is where it was to be, confirmed by the router"],
      [false, "customers were told what to expect"],
    ],
    after: [
      [false, "`switchback validate` says ok"],
      [false, "`switchback journal verify` says that both copies are whole"],
      [false, "customers were told that it is over"],
      [false, "evidence was kept, or let go"],
      [false, "the config of the stack is committed"],
    ],
  };
  return list[when].map(([done, what]) => `- [${done ? "x" : " "}] ${what}`).join("\n");
}

function describe({ event, reason, from, to, error, verdict, operation }: JournalLine): string {
  const sides = typeof to === "string" ? `${from ?? "-"} -> ${to}` : "";
  return [operation, sides, event === "begun" ? verdict : "", error ?? "", reason ? `(${reason})` : ""]
    .filter(Boolean)
    .join(" ");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
