import { describe, expect, it } from "vitest";
import { readOptions } from "../../../operations/rollback/options.ts";
import { approval, breaker } from "../../../operations/rollback/people.ts";
import { verdictIn } from "../../../operations/rollback/switchback.ts";
import { table, wrap } from "../../../operations/rollback/text.ts";
import { explain, unfinishedIn } from "../../../operations/rollback/unfinished.ts";
import { failedIn } from "../../../operations/rollback/validate-after.ts";
import { fail, ok } from "../../../operations/validation/check.ts";
import { facts } from "./facts.ts";

describe("the arguments", () => {
  it.each([
    [["test", "--quick"], "expected --reason"],
    [["test", "--quick", "--level", "2", "--reason", "x"], "expected --quick, which is level 1, or --level 2"],
    [["test", "--level", "4", "--reason", "x"], "expected 1, 2 or 3, got 4"],
    [["test", "--list", "--dry-run"], "expected one of"],
    [["test", "--allow-loss", "4", "--dry-run"], "expected MIGRATION=NUMBER"],
    [["test", "1.0.0", "--reason", "x"], "a target is --to ID"],
  ])("%j: %s", (args, message) => {
    expect(() => readOptions(args)).toThrow(message);
  });

  it("are a level, a target and allowances", () => {
    const options = readOptions(["test", "--quick", "--yes", "--reason", "why", "--allow-loss", "4=500,initial=2"]);
    expect(options).toMatchObject({ to: "previous", level: 1, allowLoss: { "4": 500, initial: 2 }, mode: "run" });
  });
});

describe("people", () => {
  const { approvers, breaker: limits } = facts().config.rollback;

  it("are two for level 3 and a clearance, and really two", () => {
    const ann = { actor: "ann@ops", approvedBy: undefined };
    expect(approval("level1", approvers, ann).answer).toBe("yes");
    expect(approval("level3", approvers, ann)).toMatchObject({ answer: "no" });
    expect(approval("level3", approvers, { ...ann, approvedBy: "Ann" }).detail).toContain("got the same person");
    expect(approval("clearance", approvers, { ...ann, approvedBy: "bob" }).answer).toBe("yes");
    const some = { ...approvers, names: ["eve"] };
    expect(approval("level3", some, { ...ann, approvedBy: "bob" }).detail).toContain("(eve), got bob");
    expect(approval("level3", { ...approvers, level3: 0 }, ann).answer).toBe("yes");
  });

  it("are asked for after too many rollbacks by themselves, not after old ones", () => {
    const line = (hours: number) => {
      const at = new Date(Date.parse(facts().now) - hours * 3_600_000).toISOString();
      return { at, event: "rollback-begun", operation: "rollback" };
    };
    const three = [line(1), line(2), line(23)];
    expect(breaker(three, limits, true, facts().now).answer).toBe("no");
    expect(breaker(three, limits, false, facts().now)).toMatchObject({ answer: "no", informs: true });
    expect(breaker([line(1), line(2), line(25)], limits, true, facts().now).answer).toBe("yes");
  });

  it("is not known to automation where the journal could not be read, and stops nobody at a terminal", () => {
    expect(breaker(undefined, limits, true, facts().now)).toMatchObject({ answer: "unknown", informs: false });
    expect(breaker(undefined, limits, false, facts().now)).toMatchObject({ answer: "unknown", informs: true });
  });
});

describe("a verdict", () => {
  it("is found in what the embedded engine prints, and in what the CLI prints", () => {
    const embedded = ["    verdict: allowed: level 1, x", "      yes     docker  it answers", " ~  command router"];
    expect(verdictIn(embedded.join("\n"))).toEqual({
      allowed: true,
      lines: ["verdict: allowed: level 1, x", "  yes     docker  it answers"],
    });
    const cli = [
      "Diagnostics:",
      "    error: refused, nothing was changed: level 2",
      "      schema: stuck",
      "",
      "Resources:",
    ];
    expect(verdictIn(cli.join("\n"))).toEqual({
      allowed: false,
      lines: ["refused, nothing was changed: level 2", "  schema: stuck"],
    });
    expect(verdictIn("error: no Docker")).toEqual({ allowed: undefined, lines: [] });
  });
});

describe("a rollback that was cut off", () => {
  const begun = {
    event: "rollback-begun",
    operation: "rollback",
    id: "rb-1",
    actor: "ann",
    reason: "why",
    to: "blue 1",
    at: "t",
  };
  const step = { event: "rollback-step", operation: "rollback", id: "rb-1", step: "up", at: "t" };

  it("is told from one that ended", () => {
    expect(unfinishedIn([begun, step])).toMatchObject({ id: "rb-1", step: "up", to: "blue 1" });
    expect(unfinishedIn([begun, step, { ...step, event: "rollback-ended" }])).toBeUndefined();
    expect(unfinishedIn([{ ...step, event: "failed", operation: "router" }])).toBeUndefined();
  });

  it("is explained by whether the config has its changes", () => {
    const cut = unfinishedIn([begun, step])!;
    expect(explain(cut, true, "test")[1]).toContain("`switchback up --stack test` goes on with it");
    expect(explain(cut, false, "test")[1]).toContain("it changed nothing");
  });
});

describe("text for 80 columns", () => {
  it("breaks between words, under the text, and leaves long words whole", () => {
    const lines = table([["yes", "target", "word ".repeat(30).trim()]]);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]!.startsWith(" ".repeat(13))).toBe(true);
    expect(wrap("x".repeat(100))).toEqual(["x".repeat(100)]);
  });
});

it("names what a validation afterwards found, and nothing that is well", () => {
  const checks = [ok("traffic", "blue 1.0.0", "blue 1.0.0"), fail("container a", "Exited (1)", "running", "look")];
  expect(failedIn({ checks })).toEqual(["  fail  container a: Exited (1)"]);
});
