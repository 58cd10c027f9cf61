import type Docker from "dockerode";
import { otherColor } from "../stacks/schema.ts";
import { actor } from "./live/actor.ts";
import { connect, execOk } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runProgram } from "./live/program.ts";
import { Aborted } from "./rollback/ask.ts";
import { candidatesOf } from "./rollback/candidates.ts";
import { exitCodes } from "./rollback/exit-codes.ts";
import { type RollbackOptions, readOptions } from "./rollback/options.ts";
import { readRollbackFacts } from "./rollback/read.ts";
import { renderCandidates, wrapped } from "./rollback/render.ts";
import { exitCodeOf } from "./rollback/report.ts";
import { rollback } from "./rollback/run.ts";
import { takeCapture } from "./rollback/take.ts";

/** `node operations/rollback.ts <stack> …` in the project's folder: what `switchback rollback` does. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  try {
    await goBack(options);
  } catch (error) {
    if (error instanceof Aborted) return aborted(options, error);
    // Who reads JSON gets JSON, whatever happens.
    if (options.json)
      console.log(
        JSON.stringify({ stack: options.stack, status: "error", message: [(error as Error).message] }, null, 2),
      );
    throw error;
  }
}

async function goBack(options: RollbackOptions): Promise<void> {
  const docker = connect();
  if (options.mode === "list") return list(docker, options);
  if (options.mode === "break-glass") return breakGlass(docker, options);
  const tell = options.json ? process.stderr : process.stdout;
  const report = await rollback(docker, options, {
    log: (line) => tell.write(`${line}\n`),
    show: (text) => tell.write(text),
  });
  for (const line of wrapped(report.message)) tell.write(`${line}\n`);
  for (const line of report.next) tell.write(`  next: ${line}\n`);
  if (options.json) console.log(JSON.stringify(report, null, 2));
  process.exitCode = exitCodeOf(report);
}

/** Before anything was chosen. */
async function aborted({ stack, reason, json }: RollbackOptions, { message }: Aborted): Promise<void> {
  const entry = { event: "aborted", operation: "rollback", error: message, reason, actor: actor() };
  await appendJournal(connect(), stack, entry).catch((error: Error) => console.error(error.message));
  console.error(`aborted, nothing was changed: ${message}`);
  if (json) console.log(JSON.stringify({ stack, status: "aborted", message: [message] }, null, 2));
  process.exitCode = exitCodes.aborted;
}

async function list(docker: Docker, { stack, json }: RollbackOptions): Promise<void> {
  const facts = await readRollbackFacts(docker, stack);
  const candidates = candidatesOf(facts);
  if (json) return console.log(JSON.stringify({ stack, candidates, unknown: facts.unknown }, null, 2));
  for (const one of facts.unknown) console.error(`unknown: ${one}`);
  console.log(candidates.length > 0 ? renderCandidates(candidates, facts.now).join("\n") : "nothing to go back to");
}

/** Moves the traffic by Docker alone, without config and engine; the capture can wait that long. */
async function breakGlass(docker: Docker, { stack, to, reason, json }: RollbackOptions): Promise<void> {
  const router = `${stack}-router`;
  const read = JSON.parse(await execOk(docker, router, ["switchback-state"], `{"op":"read"}\n`));
  const color = to === "blue" || to === "green" ? to : otherColor(read.acting.color);
  const said = await execOk(docker, router, ["switchback-route", color, "--because", reason]);
  const tell = json ? process.stderr : process.stdout;
  const log = (line: string) => tell.write(`${line}\n`);
  log(said.trim());
  const common = { operation: "rollback", reason, actor: actor() };
  const journal = (entry: { event: string; [field: string]: unknown }) =>
    appendJournal(docker, stack, { ...entry, ...common }).catch((error: Error) => console.error(error.message));
  await journal({ event: "override", to: color });
  const capture = await takeCapture({ docker, stack, reason, actor: actor(), log });
  if (capture) {
    const { folder, files, manifest } = capture;
    await journal({ event: "captured", folder, files, manifest });
  }
  const next = [
    `switchback config set activeColor ${color} --stack ${stack}`,
    `docker exec ${router} switchback-route --clear`,
  ];
  if (json) return console.log(JSON.stringify({ stack, status: "override", color, reason, capture, next }, null, 2));
  console.log(`later, keep it or take it back:\n  ${next.join("\n  ")}`);
}

runProgram(main);
