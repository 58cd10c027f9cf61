import { expect, it } from "vitest";
import { findStart } from "../../../../operations/recovery/behind/segments.ts";

const size = 16 * 1024 * 1024;
const file = (name: string, at: string) => ({ name, at: new Date(at) });
const files = [
  file("0000000100000002000000FE", "2026-11-21T01:00:00Z"),
  file("0000000100000002000000FF", "2026-11-21T02:00:00Z"),
  file("000000020000000300000000", "2026-11-21T03:00:00Z"),
  // It waits to be used: its content is older than its name.
  file("000000020000000300000001", "2026-11-21T00:30:00Z"),
];
const current = "000000020000000300000000";

it("begins with the first file that was written to after the moment, across a timeline", () => {
  expect(findStart(files, current, "2026-11-21T01:30:00Z", size)).toEqual({ lsn: "2/FF000000", whole: true });
  expect(findStart(files, current, "2026-11-21T02:30:00Z", size)).toEqual({ lsn: "3/0", whole: true });
});

it("takes the last file for a moment after everything, and leaves no second out before one", () => {
  expect(findStart(files, current, "2026-11-21T09:00:00Z", size)).toEqual({ lsn: "3/0", whole: true });
  expect(findStart(files, current, "2026-11-21T02:00:01.900Z", size)).toEqual({ lsn: "2/FF000000", whole: true });
});

it("says that older files may be gone, unless the first one of all is there", () => {
  expect(findStart(files, current, "2026-11-20T00:00:00Z", size)).toEqual({ lsn: "2/FE000000", whole: false });
  const first = file("000000010000000000000001", "2026-11-21T01:00:00Z");
  expect(findStart([first], first.name, "2026-11-20T00:00:00Z", size)).toEqual({ lsn: "0/1000000", whole: true });
  expect(findStart([], current, "2026-11-20T00:00:00Z", size)).toBeUndefined();
});
