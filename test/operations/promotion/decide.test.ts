import { expect, it } from "vitest";
import { decide } from "../../../operations/promotion/decide.ts";
import { asSwitched, withPromotion } from "../../../operations/promotion/intent.ts";
import { event, generation, goal, intent, pending } from "./catalogues.ts";

const at = (name: string, runs = true) => ({
  generation: name,
  address: name === "restored" ? "10.0.0.17" : "10.0.0.16",
  runs,
});
const staying = goal({ generation: "initial", address: "10.0.0.16", leaving: null, kind: "first", request: null });

it("records the first promotion where the pooler points to it already, and points it there where it does not", () => {
  const fresh = { ...pending, promotions: [] };
  expect(decide(fresh, staying, at("initial"))).toBe("record");
  expect(decide(fresh, staying, undefined)).toBe("point");
});

it("switches from the one that serves, stays with it, and follows an address that changed", () => {
  expect(decide(pending, goal(), at("initial"))).toBe("switch");
  expect(decide(pending, staying, at("initial"))).toBe("stay");
  expect(decide(pending, staying, { ...at("initial"), address: "10.9.9.9" })).toBe("point");
});

it("writes down what was pointed by hand when the config asks for it", () => {
  expect(decide(pending, goal(), at("restored"))).toBe("record");
});

it("does not leave what a pooler pointed by hand has taken since, but leaves a pooler that lost its file no choice", () => {
  expect(() => decide(pending, staying, at("restored"))).toThrow(
    "keep it: pulumi config set generation restored; or go back to initial: docker exec test-pooler switchback-pooler point initial",
  );
  expect(decide(pending, staying, at("restored", false))).toBe("point");
});

it("refuses a generation that is not whole, and a config that was judged when another one served", () => {
  const making = { ...pending, generations: [pending.generations[0]!, generation("restored", { state: "making" })] };
  expect(() => decide(making, goal(), at("initial"))).toThrow(
    "expected generation restored to be ready, got one that is making",
  );
  expect(() => decide(pending, goal({ generation: "gone" }), at("initial"))).toThrow("got none of that name");
  const switched = withPromotion(pending, intent());
  expect(() => decide(switched, staying, at("restored"))).toThrow("got restored; run `up` again");
});

it("counts a request as done once the pooler has switched, whoever died before writing it down", () => {
  const settled = asSwitched(pending, intent(), "restored");
  expect(settled.requests[0]?.state).toBe("done");
  expect(settled.promotions.at(-1)).toEqual(intent().event);
  expect(settled.generations).toMatchObject([
    { name: "initial", keepUntil: "2026-12-21T03:00:00.000Z" },
    { name: "restored", keepUntil: null, state: "ready" },
  ]);
  expect(asSwitched(settled, intent(), "restored")).toBe(settled);
});

it("counts nothing as done while the pooler points elsewhere, or for a switch of an earlier time", () => {
  expect(asSwitched(pending, intent(), "initial")).toBe(pending);
  expect(asSwitched(pending, intent(), undefined)).toBe(pending);
  expect(asSwitched(pending, undefined, "restored")).toBe(pending);
  const later = { ...pending, promotions: [...pending.promotions, event("third", "initial")] };
  expect(asSwitched(later, intent(), "restored")).toBe(later);
});

it("dates what stands still, but not what a request is still making", () => {
  const drill = generation("drill-1", { state: "drill", request: "other" });
  const kept = generation("kept", { keepUntil: "2026-11-22T00:00:00.000Z", request: "old" });
  const undone = withPromotion(
    { ...pending, generations: [...pending.generations, drill, kept] },
    intent({ request: null }),
  );
  const dates = Object.fromEntries(undone.generations.map(({ name, keepUntil }) => [name, keepUntil]));
  expect(dates).toEqual({
    initial: "2026-12-21T03:00:00.000Z",
    restored: null,
    "drill-1": "2026-12-21T03:00:00.000Z",
    kept: "2026-11-22T00:00:00.000Z",
  });
});
