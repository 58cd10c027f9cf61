import { expect, it } from "vitest";
import { missingSegments, segmentFolders } from "../../../operations/backup/segments.ts";

it("finds nothing missing in an unbroken row, over the end of a log file", () => {
  const present = new Set(["0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000"]);
  expect(missingSegments("0000000100000000000000FE", "000000010000000100000000", present)).toEqual([]);
  expect(segmentFolders("0000000100000000000000FE", "000000010000000100000000")).toEqual([
    "0000000100000000",
    "0000000100000001",
  ]);
});

it("names each segment that is missing", () => {
  const present = new Set(["000000010000000000000003"]);
  expect(missingSegments("000000010000000000000002", "000000010000000000000004", present)).toEqual([
    "000000010000000000000002",
    "000000010000000000000004",
  ]);
});

it("counts by the server's own segment size", () => {
  const present = new Set(["00000002000000000000003F", "000000020000000100000000"]);
  expect(missingSegments("00000002000000000000003F", "000000020000000100000000", present, 64 * 1024 * 1024)).toEqual(
    [],
  );
});

it("refuses a base of another timeline", () => {
  expect(() => missingSegments("000000010000000000000002", "000000020000000000000004", new Set())).toThrow(
    "expected base and point on one timeline",
  );
});
