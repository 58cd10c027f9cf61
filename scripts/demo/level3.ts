import { setTimeout as sleep } from "node:timers/promises";
import type { Order } from "../load/ledger.ts";
import type { Load } from "../load/load.ts";
import { checkLedger, configure } from "../moves.ts";
import type { Project } from "../project.ts";
import { type RawSeconds, rawRestore } from "../raw-restore.ts";
import { inServing, quietMoment, type Recovery, recover } from "../recoveries.ts";
import { briefly, indented, typed } from "./story.ts";

/** What the last part of the demo did. */
export interface Level3Run {
  readonly recovery: Recovery;
  /** The same restore by hand, in the same run. */
  readonly raw: RawSeconds;
  /** Orders acknowledged before the moment that are not there, and orders of after it that are. */
  readonly missing: number;
  readonly extra: number;
  /** The whole `up` that goes back to the generation that was left. */
  readonly undoSeconds: number;
}

const writtenMs = 3000;

/** A bad statement deletes orders while others are written; the data goes back to the moment before it. */
export async function runLevel3(
  project: Project,
  begin: () => Promise<Load>,
  say: (line: string) => void,
): Promise<Level3Run> {
  const heading = (text: string) => say(`\n== ${text}`);
  heading("A bad statement deletes orders, and nobody notices at once: more are written");
  const before = await written(begin);
  const targetTime = await quietMoment();
  const deleted = await inServing(project, (client) => client.query("delete from orders where id like '%7'"));
  say(`  ${deleted.rowCount} orders were deleted right after ${targetTime}`);
  const after = await written(begin);

  heading("What would going back to the moment before it do?");
  const target = [["set", "targetTime", targetTime]];
  say(typed(target));
  await configure(project, target);
  say("$ switchback preview");
  say(indented((await project.ok("preview")).stdout));

  heading("The data goes back into a new generation, is verified there, and only then serves");
  say("$ switchback up --yes");
  const recovery = await recover(project, ["--yes"]);
  say(briefly(recovery.output));
  const { acknowledged, missing, examples } = await checkLedger(project, before);
  const extra = await present(project, after);
  say(
    `  ledger: ${acknowledged} orders were acknowledged before that moment, ${missing} of them are missing or differ`,
  );
  for (const example of examples) say(`    ${example}`);
  say(`  of the ${after.length} orders written after it, ${extra} are there; the generation that was left has them`);
  const raw = await rawRestore(project.stack, { ...recovery, targetTime });

  heading("And if that was wrong? The generation that was left is a way back");
  const undo = [
    ["set", "generation", "initial"],
    ["set", "--path", `allowDataLoss.${recovery.generation}`, "1000"],
  ];
  say(typed(undo));
  await configure(project, undo);
  say("$ switchback up --yes");
  const undone = await project.ok("up", "--yes");
  say(briefly(undone.stdout));
  const again = await present(project, after);
  if (again !== after.length)
    throw new Error(`expected all ${after.length} later orders after the undo, got ${again} of them`);
  say(`  all ${again} later orders are there again`);
  return { recovery, raw, missing, extra, undoSeconds: undone.seconds };
}

/** Lets orders be written for a while. @returns those that were acknowledged */
async function written(begin: () => Promise<Load>): Promise<readonly Order[]> {
  const load = await begin();
  await sleep(writtenMs);
  return (await load.stop()).acknowledged;
}

const present = (project: Project, orders: readonly Order[]): Promise<number> =>
  inServing(project, async (client) => {
    const ids = orders.map(({ id }) => id);
    const { rows } = await client.query("select count(*)::int as there from orders where id = any($1)", [ids]);
    return rows[0].there;
  });
