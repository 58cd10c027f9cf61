import { expect, it } from "vitest";
import { formatDuration, parseDuration } from "../../../../engine/providers/docker/duration.ts";

it.each([
  ["0s", 0],
  ["500ms", 5e8],
  ["1s", 1e9],
  ["1m30s", 90e9],
  ["1h0m0.5s", 3600.5e9],
])("keeps %s as it is", (text, nanoseconds) => {
  expect(parseDuration(text)).toBe(nanoseconds);
  expect(formatDuration(nanoseconds)).toBe(text);
});

it("shows 90s as the docker provider does", () => {
  expect(formatDuration(parseDuration("90s"))).toBe("1m30s");
});

it("refuses what is no duration", () => {
  expect(() => parseDuration("5 minutes")).toThrow('expected a duration such as 1m30s, got "5 minutes"');
});
