import { expect, it } from "vitest";
import { type BasePoint, parseBasePoints } from "../../../../operations/recovery/clone/base-points.ts";
import { chooseBasePoint, type OtherBase, olderSegments } from "../../../../operations/recovery/clone/choose.ts";

const segment = (number: number) => `0000000100000000000000${number.toString(16).toUpperCase().padStart(2, "0")}`;

/** One that was taken within a segment, at a second. */
const point = (second: number, number: number, change: Partial<BasePoint> = {}): BasePoint => ({
  name: `base-20261121T0200${String(second).padStart(2, "0")}Z-00000${number.toString(16)}`,
  stoppedAt: `2026-11-21T02:00:${String(second).padStart(2, "0")}.500000Z`,
  timeline: 1,
  startLsn: `0/${number.toString(16)}000028`,
  stopLsn: `0/${number.toString(16)}000158`,
  firstSegment: segment(number),
  lastSegment: segment(number),
  ...change,
});
const points = [point(10, 3), point(20, 5), point(30, 7)];
const at = (time: string) => ({ time: Date.parse(`2026-11-21T02:00:${time}Z`) });
const backup = (number: number, bytes: number): OtherBase => ({ label: "L", firstSegment: segment(number), bytes });
const chosen = (...[place, other]: [Parameters<typeof chooseBasePoint>[2], OtherBase?]) => {
  const found = chooseBasePoint(points, 1, place, other);
  return "impossible" in found ? found.impossible : points.indexOf(found);
};

it("takes the newest base point that ended before the target, a time by a second", () => {
  expect(chosen(at("31.400"))).toBe(1);
  expect(chosen(at("31.500"))).toBe(2);
  expect(chosen({ lsn: "0/7000157" })).toBe(1);
  expect(chosen({ lsn: "0/7000158" })).toBe(2);
  expect(chosen({ lsn: "1/0" })).toBe(2);
});

it("says why there is none: before the first, on another timeline, or nobody knows where the target is", () => {
  expect(chosen(at("11.400"))).toBe(`no base point ended before the target; the first one is ${points[0]!.name}`);
  expect(chooseBasePoint(points, 2, at("59"), undefined)).toHaveProperty("impossible");
  expect(chosen(undefined)).toBe("it is not known where in the WAL the target is");
  expect(chooseBasePoint([], 1, at("59"), undefined)).toEqual({ impossible: "there is no base point" });
});

it("prefers a newer backup only when it leaves less to be replayed than it has to be copied", () => {
  expect(chosen(at("59"), backup(7, 1))).toBe(2);
  expect(chosen(at("59"), backup(6, 1))).toBe(2);
  expect(chosen(at("59"), backup(9, 33e6))).toMatch(
    /^from the base point base-.* more to be replayed than the backup L/,
  );
  expect(chosen(at("59"), backup(9, 34e6))).toBe(2);
  expect(olderSegments(points[2]!, backup(9, 1))).toBe(2);
  expect(olderSegments(points[2]!, backup(7, 1))).toBe(0);
});

it("reads what a keeper prints, in order, and leaves out what was torn", () => {
  const [first, second] = points.map((one) => JSON.stringify(one));
  expect(parseBasePoints(`${second}\n${first}\n{"name": "base-2026\n`)).toEqual(points.slice(0, 2));
  expect(parseBasePoints("")).toEqual([]);
});
