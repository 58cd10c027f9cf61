import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { connect } from "../operations/live/docker.ts";
import { removeNewSince, takeInventory } from "./leftovers.ts";
import { repository } from "./project.ts";
import { type Counts, closingLine, countTests, type VitestReport } from "./test/counts.ts";

const bin = (name: string) => path.join(repository, "node_modules", ".bin", name);
const filters = process.argv.slice(2);
// `.ci/run` sets it: on a machine of its own, whatever a test left behind is removed.
const cleans = process.env.SWITCHBACK_TEST_CLEANS === "1";

const inventory = cleans ? await takeInventory(connect()) : undefined;
const checks = [check("types", "tsc"), check("style", "biome", "ci", "--colors=off", ".")];
const tests = runTests(filters);
if (inventory) {
  const left = await removeNewSince(connect(), inventory);
  if (left.length > 0) console.log(`\nremoved what tests left behind: ${left.join(", ")}`);
}
const failedChecks = checks.filter((passed) => !passed).length;
const counts: Counts = {
  passed: tests.counts.passed + checks.length - failedChecks,
  failed: tests.counts.failed + failedChecks,
  skipped: tests.counts.skipped,
};
console.log(`\n${closingLine(counts)}`);
process.exitCode = counts.failed === 0 && tests.exitCode === 0 ? 0 : 1;

/** A check counts as one test. */
function check(name: string, program: string, ...args: string[]): boolean {
  console.log(`\n== ${name}: ${[program, ...args].join(" ")}`);
  const { status } = spawnSync(bin(program), args, { cwd: repository, stdio: "inherit" });
  return status === 0;
}

function runTests(words: readonly string[]): { counts: Counts; exitCode: number } {
  const folder = mkdtempSync(path.join(tmpdir(), "switchback-test-"));
  const file = path.join(folder, "report.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`, ...words];
  console.log(`\n== tests: vitest ${args.join(" ")}`);
  const { status } = spawnSync(bin("vitest"), args, { cwd: repository, stdio: "inherit" });
  try {
    const counts = countTests(JSON.parse(readFileSync(file, "utf8")) as VitestReport);
    // An error outside every test fails the run as well.
    if (status !== 0 && counts.failed === 0) return { counts: { ...counts, failed: 1 }, exitCode: 1 };
    return { counts, exitCode: status ?? 1 };
  } catch (error) {
    console.error(`expected a report of vitest, got: ${(error as Error).message}`);
    return { counts: { passed: 0, failed: 1, skipped: 0 }, exitCode: 1 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
