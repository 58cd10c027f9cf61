import { parseArgs } from "node:util";
import { notifications } from "../stacks/schema-notifications.ts";
import { objectives } from "../stacks/schema-objectives.ts";
import { disagreements } from "./journal/agree.ts";
import { changesOf } from "./journal/changes.ts";
import { figuresOf } from "./journal/figures.ts";
import { filterChanges } from "./journal/filter.ts";
import { chooseIncident, renderIncident } from "./journal/incident.ts";
import { parseJournal } from "./journal/line.ts";
import { type Copies, mirrorFile, mirrorJournal, readCopies } from "./journal/mirror.ts";
import { readKey } from "./journal/read-config.ts";
import { renderHistory } from "./journal/render.ts";
import { readStackHistory } from "./journal/stack-history.ts";
import { textOf } from "./journal/text.ts";
import { firstDifference, verifyJournal } from "./journal/verify.ts";
import { connect } from "./live/docker.ts";
import { runProgram } from "./live/program.ts";
import { contactsOf } from "./notifications/texts.ts";

// `node operations/journal.ts <stack> history|verify|export|incident [flags]`: what the journal tells, without a lock.
const flag = { type: "string" } as const;
const switched = { type: "boolean" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ json: switched, since: flag, until: flag, level: flag, status: flag, kind: flag, reason: flag, actor: flag },
    ...{ limit: flag, format: flag },
  },
});
const [stack = "", verb = "", named] = positionals;
const docker = connect();

runProgram(async () => {
  const views: Record<string, () => Promise<void>> = { history, verify, export: exported, incident };
  const view = views[verb];
  if (!stack || !view) throw new Error("expected `node operations/journal.ts <stack> history|verify|export|incident`");
  await view();
});

/** The records' text, else the mirror's: with no Docker the history can still be read. */
async function readText(): Promise<string> {
  const copies = await readCopies(docker, stack).catch(async (error: Error): Promise<Copies> => {
    const { readFile } = await import("node:fs/promises");
    const mirror = await readFile(mirrorFile(stack), "utf8").catch(() => undefined);
    if (mirror === undefined) throw error;
    return { records: undefined, head: undefined, mirror };
  });
  if (copies.records !== undefined) return copies.records;
  if (copies.mirror === undefined) return "";
  console.error(`switchback: the records of ${stack} cannot be read; this is ${mirrorFile(stack)}`);
  return copies.mirror;
}

async function read() {
  const lines = parseJournal(await readText()).flatMap(({ line }) => (line ? [line] : []));
  const changes = changesOf(lines);
  return { lines, changes, chosen: filterChanges(changes, values, Date.now()) };
}

async function history(): Promise<void> {
  const { chosen } = await read();
  const figures = figuresOf(chosen, readKey(stack, "objectives", objectives));
  console.log(
    values.json ? JSON.stringify({ stack, changes: chosen, figures }, null, 2) : renderHistory(chosen, figures),
  );
}

async function exported(): Promise<void> {
  const format = values.format ?? "text";
  if (format === "text") process.stdout.write(textOf((await read()).chosen));
  else if (format === "cloudevents") process.stdout.write(await readText());
  else throw new Error(`--format: expected text or cloudevents, got ${format}`);
}

async function incident(): Promise<void> {
  const { lines, changes } = await read();
  const change = chooseIncident(changes, named);
  if (!change)
    throw new Error(
      named
        ? `expected the id, the first line's number or the start of a change, got ${named}; see \`switchback history --json\``
        : `expected a change that went back, failed or never ended, got none in the journal of ${stack}`,
    );
  const config = readKey(stack, "notifications", notifications);
  console.log(renderIncident({ stack, change, changes, lines, contacts: contactsOf(config ?? { contacts: [] }) }));
}

async function verify(): Promise<void> {
  const { records, head, mirror } = await readCopies(docker, stack);
  const differing = records !== undefined && mirror !== undefined ? firstDifference(records, mirror) : undefined;
  const copies = [
    {
      name: `${stack}-records`,
      problems: records === undefined ? ["expected a journal, got none"] : verifyJournal(records, head),
    },
    { name: mirrorFile(stack), problems: mirror === undefined ? [] : verifyJournal(mirror) },
  ];
  for (const { name, problems } of copies) console.log(`${name}: ${problems.length === 0 ? "whole" : problems[0]}`);
  if (mirror === undefined) console.log(`${mirrorFile(stack)}: none yet, \`up\` writes it`);
  if (differing !== undefined) console.log(`they differ from line ${differing} on: ${blame(copies)}`);
  const wrong = compare(records ?? "");
  if (differing !== undefined || wrong.length > 0 || copies.some(({ problems }) => problems.length > 0))
    process.exitCode = 1;
  else await mirrorJournal(docker, stack);
}

/** Says where the engine's own history tells something else, or that it agrees. */
function compare(records: string): string[] {
  // A rollback makes runs, and the engine knows those alone.
  const lines = parseJournal(records).flatMap(({ line }) => (line && line.operation !== "rollback" ? [line] : []));
  const changes = changesOf(lines);
  const told = readStackHistory(stack);
  if ("unknown" in told) {
    console.log(`the engine's history cannot be read: ${told.unknown}`);
    return [];
  }
  const wrong = disagreements(changes, told.updates);
  for (const line of wrong) console.log(line);
  if (wrong.length === 0) console.log("the engine's history agrees");
  return wrong;
}

function blame(copies: readonly { readonly name: string; readonly problems: readonly string[] }[]): string {
  const bad = copies.filter(({ problems }) => problems.length > 0).map(({ name }) => name);
  if (bad.length > 0) return `${bad.join(" and ")} was changed`;
  return `both are chained by themselves, so one was written anew; ${copies[0]!.name} is what \`up\` goes on with`;
}
