import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../operations/live/docker.ts";
import { readJournal } from "../operations/live/journal.ts";
import { type ColorName, otherColor } from "../stacks/schema.ts";
import { moveSeconds, type RequestRecord } from "./load/result.ts";
import type { CommandResult, Project } from "./project.ts";

/** One measured switch; instants are milliseconds since 1970. */
export interface Switch {
  readonly to: ColorName;
  /** When `up` was started, and when its settling time was over. */
  readonly from: number;
  readonly until: number;
  /** The journal's `switching` line: the gate had passed. */
  readonly switching: number;
  /** The whole command: `up`, or `rollback`. */
  readonly upSeconds: number;
  readonly output: string;
}

/** Requests of the old color that are still on their way after `up` belong to the switch as well. */
const settleMs = 2500;

/** Moves the traffic by config and `up`. */
export async function switchTo(project: Project, to: ColorName, upArgs: readonly string[]): Promise<Switch> {
  await project.ok("config", "set", "activeColor", to);
  return measured(project, to, () => project.ok("up", ...upArgs));
}

/** Runs what moves the traffic, and waits until what it may have broken would have shown. */
export async function measured(project: Project, to: ColorName, move: () => Promise<CommandResult>): Promise<Switch> {
  const from = Date.now();
  const { seconds, stdout } = await move();
  await sleep(settleMs);
  return {
    to,
    from,
    until: Date.now(),
    switching: await switchingSince(project, from),
    upSeconds: seconds,
    output: stdout,
  };
}

/** An `up` that has nothing to do. @throws when it changes something */
export async function noopUp(project: Project, upArgs: readonly string[]): Promise<CommandResult> {
  const result = await project.ok("up", ...upArgs);
  if (/^\s+\d+ unchanged$/m.test(result.stdout) && !/^\s+[~+-]+ ?\d+ /m.test(result.stdout)) return result;
  throw new Error(`expected an \`up\` with the same config to change nothing, got:\n${result.stdout}`);
}

/** Seconds from the gate passed until no new request reached the color that was left. */
export const secondsToMove = (made: Switch, requests: readonly RequestRecord[]): number =>
  moveSeconds(requests, otherColor(made.to), made.switching, made.until);

async function switchingSince(project: Project, from: number): Promise<number> {
  const lines = await readJournal(connect(), project.stack);
  const line = lines.findLast(({ event, at }) => event === "switching" && Date.parse(at) >= from);
  if (line) return Date.parse(line.at);
  throw new Error(
    `expected a \`switching\` line in the journal of ${project.stack} since ${new Date(from).toISOString()}`,
  );
}
