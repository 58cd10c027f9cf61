import { expect, it } from "vitest";
import { goesBack } from "../../../operations/cache/flush.ts";
import type { Pointer } from "../../../operations/router/goal.ts";

const pointer = (color: "blue" | "green", blue: string | null, green: string | null): Pointer => ({
  color,
  mode: "serve",
  canary: { percent: 0, sticky: false },
  releases: { blue, green },
  retryAfterSeconds: 30,
});

/** Green serves `leaving`; blue had `had` and gets `target`, and the traffic. */
const back = (leaving: string, had: string | null, target: string) =>
  goesBack(pointer("green", had, leaving), pointer("blue", target, leaving));

it("is so when the target color gets an older release than the one being left", () => {
  expect(back("1.10.0", "1.11.0", "1.9.0")).toBe(true);
  expect(back("1.10.0", null, "1.9")).toBe(true);
  expect(back("v2", "v3", "v1.5")).toBe(true);
});

it("is not so at level 1, where the target keeps its release", () => {
  expect(back("1.10.0", "1.9.0", "1.9.0")).toBe(false);
});

it("is not so forward, to the same release, or while the color stays", () => {
  expect(back("1.9.0", "1.8.0", "1.10.0")).toBe(false);
  expect(back("1.9.0", "1.8.0", "1.9.0")).toBe(false);
  expect(goesBack(pointer("green", "1.0.0", "1.1.0"), pointer("green", "0.9.0", "1.1.0"))).toBe(false);
});

it("is so for tags whose order nobody can tell", () => {
  expect(back("f3a9c01", "aaaaaaa", "0b1c2d3")).toBe(true);
});
