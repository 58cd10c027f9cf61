import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../operations/live/docker.ts";
import { readJournal } from "../operations/live/journal.ts";
import { compareLedger, type Ledger, type Order } from "./load/ledger.ts";
import type { Project } from "./project.ts";
import { inServing } from "./recoveries.ts";

/** One measured change of release and schema; instants are milliseconds since 1970. */
export interface Move {
  /** When `up` was started, and when its settling time was over. */
  readonly from: number;
  readonly until: number;
  /** The whole `up`. */
  readonly upSeconds: number;
  /** Values that were lost, as the migration counted them before it dropped them. */
  readonly lost: number;
  /** Requests of the color being left that were still in flight when it lost the database. */
  readonly cut: number;
  readonly output: string;
}

/** The `config` commands of a change. */
export type Commands = readonly (readonly string[])[];

/** Forward over the contract migration: release 2.1.0 needs schema 4, which 1.1.0 does not accept. */
export const forward: Commands = [
  ["set", "--path", "colors.green.imageTag", "2.1.0"],
  ["set", "schemaVersion", "4"],
  ["set", "activeColor", "green"],
];

/** And back: schema 3 is the nearest that 1.1.0 accepts, so that it is not named. */
export const back: Commands = [
  ["set", "--path", "colors.blue.imageTag", "1.1.0"],
  ["set", "activeColor", "blue"],
  ["rm", "schemaVersion"],
];

/** Lets one way back, the n-th, drop more discounts than a load writes. A number that was used allows nothing more. */
export const allowance = (n = 0): Commands => [["set", "--path", "allowDataLoss.4", `${1_000_000 + n}`]];

/** Requests that were held, and those of the old color, may end after `up`. */
const settleMs = 2500;
const attempts = 5;

/** Makes the stack, with a random secret for its database: the one thing that a stack file cannot bring along. */
export async function initStack(project: Project): Promise<void> {
  await project.ok("stack", "init", project.stack);
  await project.setSecret("database", randomBytes(24).toString("base64url"));
}

export async function configure(project: Project, commands: Commands): Promise<void> {
  for (const command of commands) await project.ok("config", ...command);
}

/** Runs `up` with what is configured and waits until what it may have broken would have shown. */
export async function moveSchema(project: Project, upArgs: readonly string[]): Promise<Move> {
  const { from, seconds, stdout } = await upOnceAsked(project, upArgs);
  await sleep(settleMs);
  const lines = await readJournal(connect(), project.stack);
  const migrated = lines.findLast(({ event, at }) => event === "migrated" && Date.parse(at) >= from);
  if (!migrated) {
    throw new Error(
      `expected a \`migrated\` line in the journal of ${project.stack} since ${new Date(from).toISOString()}`,
    );
  }
  const lost = migrated.lost as readonly { values: number }[];
  return {
    from,
    until: Date.now(),
    upSeconds: seconds,
    lost: lost.reduce((sum, { values }) => sum + values, 0),
    cut: Number(migrated.cut),
    output: stdout,
  };
}

/** Runs `up`, and again when it was refused, with nothing changed, for a part that did not answer in time: the machine is busy. */
async function upOnceAsked(project: Project, upArgs: readonly string[]) {
  for (let attempt = 1; ; attempt++) {
    const from = Date.now();
    const result = await project.switchback("up", ...upArgs);
    if (result.code === 0) return { from, ...result };
    const { stdout } = result;
    const busy = stdout.includes("refused, nothing was changed") && stdout.includes("no answer within");
    if (!busy || attempt === attempts)
      throw new Error(`expected \`up\` to end with 0, got ${result.code}:\n${stdout}\n${result.stderr}`);
    console.log("refused, as a part did not answer in time; once more");
  }
}

/** Compares a load's ledger with what the stack's database holds now. */
export const checkLedger = (project: Project, acknowledged: readonly Order[]): Promise<Ledger> =>
  inServing(project, (client) => compareLedger(client, acknowledged));

/** @throws unless exactly the values that the way back told as lost are kept */
export const checkKept = (project: Project, { lost }: Move): Promise<void> =>
  inServing(project, async (client) => {
    const { rows } = await client.query('select count(discount_cents)::int as kept from switchback_kept."4"');
    if (rows[0].kept !== lost) throw new Error(`expected the ${lost} lost values to be kept, got ${rows[0].kept}`);
  });
