import { beforeAll, expect, it } from "vitest";
import { priorityOf } from "../../decision/decide.ts";
import { bandValues } from "../../decision/symptoms.ts";
import { allCases, type Case } from "./everything.ts";

let cases: Case[];
beforeAll(() => {
  cases = allCases();
});

/** Fails with the first three cases that break a rule; one that no case is about proves nothing. */
function always(about: (one: Case) => boolean, rule: (one: Case) => boolean): void {
  const asked = cases.filter(about);
  expect(asked.length).toBeGreaterThan(0);
  const broken = asked.filter((one) => !rule(one)).map(({ bands, row }) => ({ row: row.name, ...bands }));
  expect(broken.slice(0, 3)).toEqual([]);
}

const level = ({ row }: Case) => row.outcome.startsWith("level");
const wrongData = ({ bands }: Case) => bands.corruption !== "none" || bands.loss !== "none";
const trusted = ({ bands }: Case) => bands.security === "none";

it("holds for every combination of symptoms", () => {
  const combinations = Object.values(bandValues).reduce((product, values) => product * values.length, 1);
  expect(cases.reduce((sum, { count }) => sum + count, 0)).toBe(combinations);
  expect(combinations).toBe(31_850_496);
});

it("tries a restart first where it can help", () => {
  // No cause is known, the waiting is over, and a process hangs or holds too much.
  const helped = ({ bands, facts }: Case) =>
    facts.due === "yes" &&
    bands.crash !== "loop" &&
    !(bands.began === "soon" && facts.severity === "critical") &&
    (bands.latency !== "none" || bands.crash !== "none" || facts.strain === "yes");
  const causeless = (one: Case) =>
    trusted(one) &&
    !wrongData(one) &&
    one.facts.disk === "free" &&
    one.bands.dependency === "up" &&
    one.bands.schema === "fits" &&
    one.bands.config === "good";
  const untried = ({ bands }: Case) => bands.restarted === "no";
  always(
    (one) => causeless(one) && helped(one) && untried(one),
    ({ row }) => row.outcome === "restart",
  );
  always(
    ({ row }) => row.outcome === "restart",
    (one) => untried(one) && causeless(one) && one.bands.crash !== "loop",
  );
});

it("never answers corruption, or lost rows, with level 1", () => {
  always(wrongData, ({ row }) => row.outcome !== "level 1" && row.outcome !== "restart");
  always(
    (one) => trusted(one) && one.bands.corruption === "major",
    ({ row }) => row.outcome === "level 3",
  );
});

it("isolates whatever else is wrong when security is in doubt; after the clearance the data go back, on fresh containers", () => {
  always(
    ({ bands }) => bands.security === "suspected",
    ({ row }) => row.outcome === "isolate" && row.priority === "P1" && /notify, wait for clearance/.test(row.because),
  );
  always(
    ({ bands }) => bands.security === "cleared",
    ({ row }) => row.outcome === "level 3" && /fresh containers/.test(row.because),
  );
  always(
    ({ row }) => row.outcome === "isolate",
    ({ bands }) => bands.security === "suspected",
  );
});

it("rolls nothing back for a shared dependency that fails", () => {
  always(
    (one) => trusted(one) && !wrongData(one) && one.bands.dependency === "down",
    (one) => !level(one) && one.row.outcome !== "restart",
  );
});

it("takes data back only where they are wrong or not to be trusted", () => {
  always(
    ({ row }) => row.outcome === "level 3",
    (one) => wrongData(one) || one.bands.security === "cleared",
  );
});

it("moves traffic or release only for what began with the last change, or has a known cause", () => {
  always(
    ({ row }) => row.outcome === "level 1",
    ({ bands }) => bands.began === "soon" && bands.other === "warm",
  );
  always(
    ({ row }) => row.outcome === "level 2",
    ({ bands }) =>
      bands.began === "soon" || (bands.began !== "before" && (bands.schema === "trouble" || bands.config === "bad")),
  );
  always(
    (one) => level(one) && one.row.outcome !== "level 3",
    ({ bands }) => bands.disk === "free" || bands.corruption === "minor",
  );
});

it("does nothing while nothing is wrong", () => {
  always(
    (one) =>
      one.facts.severity === "none" &&
      trusted(one) &&
      !wrongData(one) &&
      one.bands.schema === "fits" &&
      one.bands.config === "good",
    ({ row }) => row.outcome === "monitor",
  );
});

it("is never less urgent than how severe it is", () => {
  const least = { none: 4, minor: 3, serious: 2, critical: 1 };
  always(
    () => true,
    ({ row, facts }) => Number(priorityOf(row, facts).slice(1)) <= least[facts.severity],
  );
});
