import { expect, test } from "vitest";
import { closingLine, countTests } from "../../scripts/test/counts.ts";

const file = (status: string, ...tests: string[]) => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map((outcome) => ({ status: outcome, fullName: outcome })),
});

test("tests are counted over files, and the closing line says them in a fixed form", () => {
  const counts = countTests({
    testResults: [file("passed", "passed", "passed", "skipped"), file("failed", "passed", "failed", "todo")],
  });
  expect(closingLine(counts)).toBe("3 passed, 1 failed, 2 skipped");
});

test("a file that cannot even be loaded counts as a failure", () => {
  expect(countTests({ testResults: [file("failed")] })).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
