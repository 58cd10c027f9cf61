import { expect, it } from "vitest";
import type { RestoreGoal } from "../../../operations/recovery/goal.ts";
import type { HeadMove, RecoveryFacts } from "../../../stacks/recovery/facts.ts";
import { headBetween } from "../../../stacks/recovery/heads.ts";
import { resolveTarget } from "../../../stacks/recovery/resolve.ts";
import { at, dead, facts, point, promotion, restored } from "./history.ts";

const move = (time: string, from: string, to: string): HeadMove => ({ at: at(time), seconds: 4, from, to });
const head = (time: string, given: RecoveryFacts, generation = "initial") =>
  headBetween(given, generation, Date.parse(at(time)), Date.parse(at(time)));
const none = { points: { value: [] }, dumps: { value: [] } };

it("is what the last change left, and what the next one found", () => {
  const given = facts({ ...none, head: "4", moves: { value: [move("02:00", "1", "2"), move("06:00", "2", "4")] } });
  expect([head("01:00", given), head("03:00", given), head("07:00", given)]).toEqual(["1", "2", "4"]);
});

it("is unknown while it moved: the commit came before the journal's line", () => {
  const given = facts({ ...none, moves: { value: [move("02:00", "1", "2")] } });
  expect([head("01:59:54", given), head("01:59:57", given), head("02:00", given), head("02:00:01", given)]).toEqual([
    "1",
    null,
    null,
    "2",
  ]);
});

it("is what backup points saw, and unknown where they do not agree", () => {
  const given = facts({ head: "3", points: { value: [point("a"), point("b", { at: at("06:00"), head: "3" })] } });
  expect([head("02:30", given), head("04:00", given), head("07:00", given)]).toEqual(["2", null, "3"]);
  expect(head("04:00", facts({ ...none, head: undefined }))).toBeNull();
});

it("belongs to the generation that served then, and goes on from what a restore was expected to bring", () => {
  const { catalogue } = restored();
  const goal = { expected: { head: "1", point: null } } as RestoreGoal;
  const request = { generation: "restored-a", goal: JSON.stringify(goal) } as (typeof catalogue.requests)[number];
  const moves = { value: [move("06:00", "1", "2"), move("11:00", "1", "3")] };
  const given = restored({ ...none, head: "3", moves, catalogue: { ...catalogue, requests: [request] } });
  expect([head("05:00", given), head("09:00", given)]).toEqual(["1", "2"]);
  expect([head("10:30", given, "restored-a"), head("11:30", given, "restored-a")]).toEqual(["1", "3"]);
});

it("of a position is known when nothing moved between what is known before and after it", () => {
  const expected = (given: RecoveryFacts) => {
    const resolved = resolveTarget({ kind: "lsn", lsn: "0/7000000" }, given);
    return "found" in resolved ? resolved.found.expected.head : resolved.refused;
  };
  expect(expected(facts())).toBe("2");
  expect(expected(facts({ moves: { value: [move("04:00", "2", "3")] }, head: "3" }))).toBeNull();
  expect(expected(facts({ moves: { value: [move("06:00", "2", "3")] }, head: "3" }))).toBe("2");
  expect(expected(facts({ moves: dead, head: "3" }))).toBeNull();
});

it("of the end of a generation's time is the one of shortly before", () => {
  const { catalogue } = restored();
  const promotions = [promotion("10:00", "restored-a", "initial")];
  const given = restored({ catalogue: { ...catalogue, promotions } });
  const resolved = resolveTarget({ kind: "backup", name: "end-of-initial-10:00" }, given);
  expect(resolved).toMatchObject({ found: { expected: { head: "2", point: null } } });
});
