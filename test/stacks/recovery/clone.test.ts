import { expect, it } from "vitest";
import type { BasePoint } from "../../../operations/recovery/clone/base-points.ts";
import { expectClone, tellClone } from "../../../stacks/recovery/clone.ts";
import type { Resolution } from "../../../stacks/recovery/resolution.ts";
import { resolveTarget } from "../../../stacks/recovery/resolve.ts";
import { judgeSpace } from "../../../stacks/recovery/space.ts";
import { restoreOrder } from "../../../stacks/recovery/story.ts";
import { someGoal } from "../../operations/recovery/goal.ts";
import { at, dead, facts, promotion, segment } from "./history.ts";

const basePoint = (time: string, number: number): BasePoint => ({
  name: `base-20261120T${time.replace(":", "")}00Z-abcdef`,
  stoppedAt: at(time),
  timeline: 1,
  startLsn: `0/${number.toString(16)}000028`,
  stopLsn: `0/${number.toString(16)}000100`,
  firstSegment: segment(1, number),
  lastSegment: segment(1, number),
});
const points = { value: [basePoint("02:30", 4), basePoint("03:30", 6), basePoint("04:30", 8)] };
const known = facts();
const resolved = (target: Parameters<typeof resolveTarget>[0]): Resolution => {
  const answer = resolveTarget(target, known);
  if ("refused" in answer) throw new Error(answer.refused);
  return answer.found;
};
const early = resolved({ kind: "time", at: at("04:00") });

it("expects a clone of the newest base point before the target, and the WAL that is left then", () => {
  const clone = expectClone(points, known, early, 5 * 2 ** 24);
  expect(clone).toEqual({ point: points.value[1], walBytes: 2 * 2 ** 24 });
  expect(tellClone(clone!)).toBe(
    "where the filesystem can, it is cloned from the base point base-20261120T033000Z-abcdef of 2026-11-20T03:30:00.000Z, with 34 MB of WAL from it to the target",
  );
  expect(tellClone({ ...clone!, walBytes: undefined })).toMatch(/of 2026-11-20T03:30:00.000Z$/);
});

it("knows the place of a backup point, and of the end of a generation, by what was recorded of it", () => {
  const named = resolved({ kind: "backup", name: "safety-20261120T030000Z-a1" });
  expect(expectClone(points, known, named, undefined)).toEqual({ point: points.value[0], walBytes: undefined });
  const { catalogue } = known;
  const left = { ...known, catalogue: { ...catalogue, promotions: [promotion("10:00", "restored-a", "initial")] } };
  const stop = { kind: "name", name: "end-of-initial-10:00" } as const;
  const end = { ...early, material: { kind: "base", label: "20261120-010000F", stop } as const };
  expect(expectClone(points, left, end, undefined)?.point).toBe(points.value[2]);
  expect(expectClone(points, known, end, undefined)).toBeUndefined();
});

it("counts the WAL before a newer backup too", () => {
  const late = resolved({ kind: "time", at: at("06:00") });
  expect(late.base?.firstSegment).toBe(segment(1, 9));
  expect(expectClone(points, known, late, 2 ** 24)).toEqual({ point: points.value[2], walBytes: 2 * 2 ** 24 });
});

it("expects none where nobody knows of one, or for a dump", () => {
  expect(expectClone(undefined, known, early, 0)).toBeUndefined();
  expect(expectClone(dead, known, early, 0)).toBeUndefined();
  expect(expectClone({ value: [] }, known, early, 0)).toBeUndefined();
  const dump = resolved({ kind: "backup", name: "dump-20261120T020000Z-d1" });
  expect(expectClone(points, known, dump, 0)).toBeUndefined();
});

it("does not say no to a disk on which a clone has room and a copy has not: it says that nobody knows", () => {
  const disk = (free: number, cloneWalBytes?: number) =>
    judgeSpace({ value: { data: { device: "a", free }, backups: { device: "b", free: 1e12 } } }, early.base, {
      bases: [],
      walBytes: 5e8,
      cloneWalBytes,
      elsewhere: false,
    });
  expect(disk(1e9).answer).toBe("no");
  expect(disk(1e9, 3e7)).toMatchObject({
    answer: "unknown",
    detail: expect.stringMatching(/1.0 GB are free, enough only if the base point can be cloned/),
  });
  expect(disk(2e7, 3e7).answer).toBe("no");
  expect(disk(2e9, 3e7).answer).toBe("yes");
});

it("tells the order of both ways", () => {
  const order = (basePoint?: string) => restoreOrder(someGoal(), "initial", 90, basePoint).join("\n");
  expect(order("base-x")).toContain(
    "the base point base-x is cloned, or else the base 20261121-020000F is restored into",
  );
  expect(order()).not.toContain("cloned");
});
