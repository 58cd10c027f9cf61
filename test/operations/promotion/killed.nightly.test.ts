import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { servingGeneration } from "../../../operations/generations/format.ts";
import { readJournal } from "../../../operations/live/journal.ts";
import type { PromotionGoal } from "../../../operations/promotion/goal.ts";
import { readSettled } from "../../../operations/promotion/settle.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

/** How many of the boundaries are tried: all with SWITCHBACK_CRASH_ALL, else some that are spread over the whole. */
const sample = process.env.SWITCHBACK_CRASH_ALL ? Number.POSITIVE_INFINITY : 8;
const hold = { maxSeconds: 4, drainSeconds: 0.5 };

let rig: Rig;
let restored: string;
let requests: number;
beforeAll(async () => {
  rig = await createRig();
  await rig.createRouter();
  restored = await rig.ready();
  // The first one tells how many boundaries there are.
  requests = Number(die(await rig.goal(restored, { hold }), 0).stdout);
});
afterAll(() => rig?.remove());

function die(goal: PromotionGoal, at: number) {
  return spawnSync(process.execPath, [fileURLToPath(new URL("./die.ts", import.meta.url)), `${at}`], {
    env: { ...process.env, SWITCHBACK_PROMOTION_GOAL: JSON.stringify(goal), SWITCHBACK_EPOCH: `dies-at-${at}` },
    encoding: "utf8",
  });
}

const other = (generation: string) => (generation === restored ? "initial" : restored);

/** Everything is where it belongs, and stays there when it is asked again. */
async function expectSettled(generation: string): Promise<void> {
  expect(await rig.serving()).toBe(generation);
  expect((await rig.state()).file?.generation).toBe(generation);
  expect(await rig.running(generation)).toBe(true);
  expect(await rig.running(other(generation))).toBe(false);
  const { marker, promotions, generations } = await rig.catalogue();
  expect(marker.pending).toBeNull();
  expect(generations.find(({ name }) => name === generation)?.keepUntil).toBeNull();
  const client = await rig.open("green");
  const { rows } = await client.query("insert into events (by) values ('settled') returning id");
  await client.end();
  const direct = await rig.direct(generation);
  expect((await direct.query("select 1 from events where id = $1 and by = 'settled'", [rows[0].id])).rowCount).toBe(1);
  await direct.end();
  const journal = await readJournal(docker, rig.stack);
  const told = journal.filter(({ event }) => event === "promoted").map(({ promotedAt }) => promotedAt);
  expect(told).toEqual(promotions.map(({ at }) => at));
  await rig.promote(generation, { hold });
  expect((await rig.catalogue()).promotions).toEqual(promotions);
  expect((await readJournal(docker, rig.stack)).length).toBe(journal.length);
}

it("converges after a kill at any request to the engine, with the same goal and with the old one", async () => {
  expect(requests).toBeGreaterThan(50);
  await expectSettled(restored);
  const step = Math.max(1, Math.floor(requests / sample));
  const outcomes: string[] = [];
  for (let at = 1; at <= requests; at += step) {
    for (const then of ["same", "old"] as const) {
      const from = await rig.serving();
      const to = other(from);
      const { signal, status, stderr } = die(await rig.goal(to, { hold }), at);
      // Waiting takes more requests one time and fewer the next.
      expect(signal ?? status, stderr).toBe(at > requests * 0.8 && status === 0 ? 0 : "SIGKILL");
      // What `up` would work with: the catalogue as it counts.
      const counts = servingGeneration((await readSettled(docker, rig.stack))!);
      const wanted = then === "same" ? to : counts;
      const leaving =
        counts === wanted ? null : { generation: counts, container: rig.containerOf(counts), maxCommits: null };
      await rig.promote(wanted, { hold, leaving });
      outcomes.push(`${at} ${then}: ${wanted === to ? "there" : "back"}`);
      await expectSettled(wanted);
    }
  }
  console.log(outcomes.join("\n"));
  expect(outcomes.some((outcome) => outcome.endsWith("old: there"))).toBe(true);
  expect(outcomes.some((outcome) => outcome.endsWith("old: back"))).toBe(true);
}, 1_800_000);
