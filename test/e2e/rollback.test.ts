import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Candidate } from "../../operations/rollback/candidates.ts";
import type { Report } from "../../operations/rollback/report.ts";
import { changedIn, engine, inside, served, type TestStack, testStack } from "./stack.ts";
import { atTerminal } from "./terminal.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({ rollback: { breaker: { rollbacks: 3, hours: 24 } } });
  await stack.upOk({ activeColor: "blue" });
  await stack.upOk({ activeColor: "green" });
});
afterAll(() => stack.cleanup());

const rollback = (...args: string[]) => stack.switchback("rollback", ...args, "--engine", engine);
const reported = async (...args: string[]): Promise<Report & { code: number | null }> => {
  const { code, stdout } = await rollback(...args, "--json");
  return { ...JSON.parse(stdout), code };
};
const config = () => readFileSync(stack.configFile, "utf8");
const lastLine = async () => (await stack.journal()).findLast(({ operation }) => operation === "rollback");

describe("switchback rollback", () => {
  it("lists where it can go, with age, level and verdict, in 80 columns", async () => {
    const { stdout, code } = await rollback("--list");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1\.0\.0 +\d+ s +1 +yes +previous; warm in blue$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const { candidates } = JSON.parse((await rollback("--list", "--json")).stdout) as { candidates: Candidate[] };
    expect(candidates.map(({ id, level, previous }) => [id, level, previous])).toEqual([["1.0.0", 1, true]]);
  });

  it("wants a reason, and changes nothing without", async () => {
    const before = config();
    const { code, stderr } = await rollback("--quick", "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain('expected --reason "why"');
    expect(config()).toBe(before);
  });

  it("shows the preview with --dry-run, as a diff of the config, and writes nothing", async () => {
    const before = [config(), await stack.journal()];
    const { stdout, code } = await rollback("--quick", "--dry-run");
    expect(code).toBe(0);
    expect(stdout).toContain("- activeColor: green\n+ activeColor: blue\n");
    expect(stdout).toContain("verdict: allowed: level 1, green 1.1.0 -> blue 1.0.0");
    for (const check of ["engine", "operation", "disk", "target", "dependencies", "permissions", "git", "approval"])
      expect(stdout).toMatch(new RegExp(`^  (yes|warn|unknown) +${check} `, "m"));
    expect([config(), await stack.journal()]).toEqual(before);
  });

  it("is refused with nobody to confirm it, or with a level that is too low for the target", async () => {
    expect(await rollback("--to", "1.0.0", "--reason", "x")).toMatchObject({ code: 1 });
    const report = await reported("--to", "2.0.0", "--level", "1", "--reason", "x", "--yes");
    expect(report).toMatchObject({ code: 3, status: "refused" });
    expect(report.message.join("\n")).toContain("level: expected level 1 at most, got level 2");
    expect(await lastLine()).toMatchObject({ event: "refused", reason: "x" });
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("lets one choose at a terminal, shows the verdict, and wants the word ROLLBACK; else nothing changes", async () => {
    const before = config();
    const said = await atTerminal(
      stack,
      ["rollback", "--reason", "slow"],
      [
        ["Number or id: ", "1\r"],
        ["Type ROLLBACK to go to blue 1.0.0: ", "yes\r"],
      ],
    );
    expect(said.output).toMatch(/1 +1\.0\.0 +.* previous; warm in blue/);
    expect(said.output).toContain("verdict: allowed: level 1");
    expect(said.code).toBe(4);
    const cut = await atTerminal(stack, ["rollback", "--reason", "slow"], [["Number or id: ", "\x03"]]);
    expect(cut.code).toBe(4);
    expect(await lastLine()).toMatchObject({ event: "aborted", reason: "slow" });
    expect(config()).toBe(before);
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("goes back with --quick: config, the same up, a capture, and lines in the journal", async () => {
    const report = await reported("--quick", "--yes", "--reason", "green answers 500");
    expect(report).toMatchObject({ code: 0, status: "done", level: 1, from: "green 1.1.0", to: "blue 1.0.0" });
    expect(await served(stack)).toBe("200 blue 1.0.0");
    expect(await changedIn(stack)).toEqual([]);
    expect(await lastLine()).toMatchObject({ event: "rollback-ended", status: "done", id: report.id, level: 1 });
    const told = JSON.parse((await stack.ok("history", "--json", "--engine", engine)).stdout).changes.at(-1);
    expect(told).toMatchObject({ id: report.id, kind: "rollback", status: "done", level: 1 });
    const folder = join(stack.dir, report.capture!.folder);
    const { status, stderr } = spawnSync("sha256sum", ["--check", "--quiet", "MANIFEST.sha256"], { cwd: folder });
    expect([status, String(stderr)]).toEqual([0, ""]);
    for (const file of ["capture.json", "status.json", `containers/${stack.stack}-green-orders-1/log.txt`])
      expect(existsSync(join(folder, file))).toBe(true);
  });

  it("does not go forward again as `previous`: that follows the line, not time", async () => {
    const { code, stderr } = await rollback("--yes", "--reason", "once more");
    expect(code).toBe(1);
    expect(stderr).toContain("expected something that served before 1.0.0");
    expect(await served(stack)).toBe("200 blue 1.0.0");
  });

  it("makes a release anew that is in no color, as level 2", async () => {
    const report = await reported("--to", "2.0.0", "--yes", "--reason", "that one");
    expect(report).toMatchObject({ code: 0, level: 2, to: "green 2.0.0" });
    expect(await served(stack)).toBe("200 green 2.0.0");
  });

  it("refuses what the verdict refuses, puts the config back, and says so in the journal", async () => {
    await inside(stack, "router", "switchback-route blue --because 'by hand'");
    const before = config();
    const report = await reported("--to", "2.0.0", "--yes", "--reason", "back");
    expect(report).toMatchObject({ code: 3, status: "refused" });
    expect(report.message.join("\n")).toContain("routed to blue by hand");
    expect(parse(config())).toEqual(parse(before));
    expect(await lastLine()).toMatchObject({ event: "rollback-ended", status: "refused", id: report.id });
    await inside(stack, "router", "switchback-route --clear");
    expect(await served(stack)).toBe("200 green 2.0.0");
  });

  it("asks for a human after too many, where it is to run by itself", async () => {
    const report = await reported("--to", "1.0.0", "--yes", "--reason", "again");
    expect(report).toMatchObject({ code: 3, status: "refused" });
    expect(report.checks.find(({ name }) => name === "breaker")).toMatchObject({ answer: "no" });
  });

  it("breaks the glass with Docker alone, and names the two ways out", async () => {
    const { stdout, code } = await rollback("--break-glass", "--reason", "the engine is away");
    expect(code).toBe(0);
    expect(stdout).toContain(`docker exec ${stack.container("router")} switchback-route --clear`);
    expect(await served(stack)).toMatch(/200 blue/);
    expect((await stack.journal()).slice(-2)).toMatchObject([
      { event: "override", to: "blue", reason: "the engine is away" },
      { event: "captured", operation: "rollback", files: expect.any(Number) },
    ]);
    expect(stdout).toMatch(/^captured \d+ files in \.switchback\/captures\//m);
  });
});
