import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import { ask } from "../../cli/ask.ts";
import { thresholdsOf } from "../../decision/profiles.ts";

const run = (...args: string[]) =>
  spawnSync(process.execPath, ["cli/switchback.mjs", "decide", "--stack", "production", ...args], {
    encoding: "utf8",
    input: "suspected\n",
  });

describe("switchback decide", () => {
  it("asks nothing in a pipe", () => {
    const { stdout, status } = run();
    expect(stdout).toMatch(/^monitor 15 min, P4 \(calm\)/);
    expect(status).toBe(0);
  });

  it("tells what to do, why, why nothing else, and what to type", () => {
    const { stdout } = run("--error-rate", "60", "--error-type=exceptions", "--since-change", "3m");
    expect(stdout).toMatch(/^level 1, P1 \(release wrong\)\n {2}it began with the last change/);
    expect(stdout).toMatch(/\nnot\n {2}restart .*\nnext\n {2}npx switchback rollback --quick .* --stack production\n/s);
  });

  it("prints one JSON document for programs", () => {
    const decision = JSON.parse(run("--json", "--crash", "loop", "--since-change", "90s").stdout);
    expect(decision).toMatchObject({ outcome: "level 1", symptoms: { crash: "loop", sinceChangeMinutes: 1.5 } });
  });

  it.each([
    [["--error-rate", "120"], '--error-rate: expected a percentage from 0 to 100 such as 12, got "120"'],
    [["--latency", "3"], '--latency: expected a time with its unit such as 3s or 800ms, got "3"'],
    [["--crash", "yes"], '--crash: expected once or down or loop, got "yes"'],
    [["--profile", "games"], '--profile: expected telemetry or collaboration or video, got "games"'],
    [["--errors", "12"], "decide: expected a flag of this command, got --errors"],
    [["12"], "decide: expected flags alone, got 12"],
  ])("refuses %j", (args, message) => {
    const { stderr, stdout, status } = run(...args);
    expect(stderr).toContain(`error: ${message}`);
    expect([stdout, status]).toEqual(["", 1]);
  });
});

describe("the thresholds of a stack", () => {
  const folder = mkdtempSync(join(tmpdir(), "switchback-decide-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  const judged = (decision: string, ...args: string[]) => {
    writeFileSync(join(folder, "Pulumi.production.yaml"), `config:\n  shop:activeColor: green\n${decision}`);
    const symptoms = ["--error-rate", "6", "--error-type", "exceptions", "--since-change", "6m"];
    const { stdout, stderr } = run("--cwd", folder, ...symptoms, ...args);
    return stdout.split("\n")[0] || stderr;
  };

  it("are its profile's, with those that it replaces, or those of --profile", () => {
    expect(judged("")).toBe("monitor 9 min, P3 (not for long yet)");
    expect(judged("  shop:decision:\n    profile: collaboration\n")).toBe("level 1, P2 (release wrong)");
    const own = "  shop:decision: {thresholds: {errorPercent: {serious: 6}}}\n";
    expect(judged(own)).toBe("level 1, P2 (release wrong)");
    expect(judged(own, "--profile", "video")).toBe("monitor 4 min, P3 (not for long yet)");
  });

  it("are refused with their dotted names", () => {
    expect(judged("  shop:decision: {profile: games}\n")).toContain("error: decision.profile: ");
    expect(judged("  shop:decision: {thresholds: {errorPercent: {minor: 60}}}\n")).toContain(
      "error: decision.thresholds.errorPercent.minor: expected at most errorPercent.serious, which is 10, got 60",
    );
  });
});

describe("the questions at a terminal", () => {
  const asked = async (...answers: string[]) => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    const told = ask({}, ["security"], thresholdsOf("telemetry"), { input, output });
    input.write(answers.map((line) => `${line}\n`).join(""));
    input.end();
    const symptoms = await told.finally(() => output.end());
    return { symptoms, shown: await text(output) };
  };

  it("come one after another, again after an answer that is none, and not for what was measured", async () => {
    const { symptoms, shown } = await asked("a lot", "major");
    expect(symptoms).toEqual({ corruption: "major" });
    expect(shown).toContain('expected minor or major, got "a lot"');
    expect(shown).not.toContain("somebody");
  });

  it("end with an error when the input does", async () => {
    await expect(asked("", "")).rejects.toThrow("expected an answer, got the end of the input");
  });
});
