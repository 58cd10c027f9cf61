import { expect, it } from "vitest";
import { bounded, probeSeconds } from "../../stacks/probe-bounded.ts";

it("is unknown where nothing answers in time, or what is asked fails; and never throws", async () => {
  expect(await bounded(async () => 1)).toEqual({ value: 1 });
  expect(await bounded(() => new Promise(() => {}), 20)).toEqual({ unknown: "no answer within 0.02 s" });
  expect(await bounded(() => Promise.reject(new Error("refused")))).toEqual({ unknown: "refused" });
});

it("has 2 s, or what the machine sets, within reason", () => {
  expect([probeSeconds(undefined), probeSeconds(""), probeSeconds("10")]).toEqual([2, 2, 10]);
  for (const text of ["0", "61", "2s", "-1"])
    expect(() => probeSeconds(text)).toThrow(
      `expected SWITCHBACK_PROBE_SECONDS to be a number from 1 to 60, got "${text}"`,
    );
});
