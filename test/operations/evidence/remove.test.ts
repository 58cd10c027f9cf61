import { expect, it } from "vitest";
import { ownFiles } from "../../../operations/evidence/list.ts";
import { refusal } from "../../../operations/evidence/remove.ts";
import { asSwitched } from "../../../operations/promotion/intent.ts";
import { intent, pending } from "../promotion/catalogues.ts";

const switched = asSwitched(pending, intent(), "restored");
const later = new Date("2027-01-01T00:00:00Z");

it("allows what is out of date, stands still, and is part of nothing under way", () => {
  expect(refusal(switched, "initial", "restored", later)).toBeUndefined();
});

it.each([
  ["what serves", switched, "restored", "restored", "which serves"],
  ["what the pooler points at", switched, "initial", "initial", "which serves"],
  ["what is not there", switched, "gone", "restored", "got gone"],
  ["anything while a recovery is pending", pending, "restored", "initial", "the one that makes restored"],
  [
    "anything while a switch is pending",
    { ...switched, marker: { goal: "", epoch: "", pending: { epoch: "e", goal: "g", since: "2026-11-21T03:00:00Z" } } },
    "initial",
    "restored",
    "run `up`",
  ],
])("refuses %s", (_, catalogue, name, pointed, why) => {
  expect(refusal(catalogue, name, pointed, later)).toContain(why);
});

it("refuses evidence before its date, and what has none", () => {
  expect(refusal(switched, "initial", "restored", new Date("2026-12-20T00:00:00Z"))).toContain(
    "kept until 2026-12-21T03:00:00.000Z",
  );
  const undated = {
    ...switched,
    generations: switched.generations.map((generation) => ({ ...generation, keepUntil: null })),
  };
  expect(refusal(undated, "initial", "restored", later)).toContain("got none");
});

it("takes along the files that no other generation has", () => {
  const uploads = { service: "orders", volume: "uploads" };
  const withFiles = (...names: (string | undefined)[]) => ({
    ...switched,
    generations: switched.generations.map((generation, at) => ({
      ...generation,
      files: names[at] === undefined ? undefined : [{ ...uploads, name: names[at] }],
    })),
  });
  const own = (...names: (string | undefined)[]) => ownFiles(withFiles(...names), "initial").map(({ name }) => name);
  expect([own("first", "second"), own("first", "first"), own(undefined, "second")]).toEqual([["first"], [], []]);
});
