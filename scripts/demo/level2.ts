import { setTimeout as sleep } from "node:timers/promises";
import type { Ledger } from "../load/ledger.ts";
import type { Load } from "../load/load.ts";
import type { LoadResult } from "../load/result.ts";
import {
  allowance,
  back,
  type Commands,
  checkKept,
  checkLedger,
  configure,
  forward,
  type Move,
  moveSchema,
} from "../moves.ts";
import type { Project } from "../project.ts";
import { noopUp } from "../switches.ts";
import { briefly, refusal, typed } from "./story.ts";

/** What the second half of the demo did. */
export interface Level2Run {
  readonly noopUpSeconds: readonly number[];
  /** Blue 1.x to green 2.1.0, over a contract migration. */
  readonly forward: Move;
  /** Green 2.1.0 to blue 1.1.0, over its down migration. */
  readonly back: Move;
  readonly load: LoadResult;
  readonly ledger: Ledger;
}

const noops = 2;
/** Orders that are written on the new schema before the way back. */
const writtenMs = 3000;

/** Release 2.1.0 goes out and takes a column away; then everything goes back to 1.1.0, while orders are written. */
export async function runLevel2(
  project: Project,
  begin: () => Promise<Load>,
  say: (line: string) => void,
): Promise<Level2Run> {
  const heading = (text: string) => say(`\n== ${text}`);
  heading("Release 2.1.0 needs a schema that 1.1.0 does not know; new load writes orders all the time");
  const load = await begin();
  await sleep(2000);
  const made = await shown(project, forward, say);
  const noopUpSeconds: number[] = [];
  for (let n = 0; n < noops; n++) noopUpSeconds.push((await noopUp(project, ["--yes"])).seconds);
  await sleep(writtenMs);

  heading("Release, schema and config set go back to 1.1.0. What would that do?");
  say(typed(back));
  await configure(project, back);
  say("$ switchback preview");
  const { code, stdout } = await project.switchback("preview");
  if (code === 0) throw new Error(`expected a preview to refuse the loss of values, got:\n${stdout}`);
  say(refusal(stdout));

  heading("The discounts may go: roll back, under load");
  const undone = await shown(project, allowance(), say);
  await checkKept(project, undone);
  say(`  ${undone.lost} discounts were lost, and are kept: going up again puts them back`);
  const result = await load.stop();
  const ledger = await checkLedger(project, result.acknowledged);
  say(`  ledger: ${ledger.acknowledged} orders were acknowledged, ${ledger.missing} of them are missing or differ`);
  for (const example of ledger.examples) say(`    ${example}`);
  return { noopUpSeconds, forward: made, back: undone, load: result, ledger };
}

async function shown(project: Project, commands: Commands, say: (line: string) => void): Promise<Move> {
  say(typed(commands));
  await configure(project, commands);
  say("$ switchback up --yes");
  const move = await moveSchema(project, ["--yes"]);
  say(briefly(move.output));
  return move;
}
