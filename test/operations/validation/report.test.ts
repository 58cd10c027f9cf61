import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DOMParser } from "@xmldom/xmldom";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Check, fail, ok, unknown, verdictOf } from "../../../operations/validation/check.ts";
import { renderJunit } from "../../../operations/validation/junit.ts";
import { renderValidation } from "../../../operations/validation/render.ts";
import { type ValidationReport, writeReport } from "../../../operations/validation/report.ts";

const cache = fail("container shop-cache", "Exited (0)", "running, healthy", "`docker start shop-cache`");
const checks = [ok("database", "answers"), cache, unknown("cache", "shop-cache does not run")];
const report = (changes: Partial<ValidationReport> = {}): ValidationReport => ({
  stack: "shop",
  verdict: verdictOf(changes.checks ?? checks),
  checks,
  at: "2026-11-21T02:00:00.000Z",
  depth: "quick",
  milliseconds: 1234,
  ...changes,
});

const parse = (xml: string) => {
  const problems: string[] = [];
  const document = new DOMParser({
    onError: (level, message) => level !== "warning" && problems.push(message),
  }).parseFromString(xml, "text/xml");
  return { document, problems };
};

describe("the verdict", () => {
  it("is fail when one check fails, unknown when one could not be looked at or none was, else ok", () => {
    expect(verdictOf(checks)).toBe("fail");
    expect(verdictOf([ok("a", ""), unknown("b", "")])).toBe("unknown");
    expect(verdictOf([ok("a", "")])).toBe("ok");
    expect(verdictOf([])).toBe("unknown");
  });
});

describe("a report", () => {
  it("tells each check on a line, what is expected and what to do under those that are not ok, the verdict last", () => {
    expect(renderValidation(report()).split("\n")).toEqual([
      "ok       database              answers",
      "fail     container shop-cache  Exited (0)",
      "         expected: running, healthy",
      "         remedy: `docker start shop-cache`",
      "unknown  cache                 shop-cache does not run",
      "shop: fail; 1 ok, 1 fail, 1 unknown (quick, 1.2 s)",
    ]);
  });

  it("of a watch names what failed once and then passed", () => {
    const text = renderValidation(
      report({ checks: [], watched: { seconds: 60, rounds: 6, flapped: ["response time"] } }),
    );
    expect(text).toContain("failed once, then passed: response time");
    expect(text).toContain("6 rounds in 60 s");
  });

  it("is JUnit in which a failure is a failure, and what is unknown an error, never passed", () => {
    const { document, problems } = parse(renderJunit(report()));
    expect(problems).toEqual([]);
    const suite = document.getElementsByTagName("testsuite")[0]!;
    expect(["tests", "failures", "errors"].map((name) => suite.getAttribute(name))).toEqual(["3", "1", "1"]);
    const failure = document.getElementsByTagName("failure")[0]!;
    expect(failure.textContent).toContain("remedy: `docker start shop-cache`");
    expect(document.getElementsByTagName("error")[0]!.getAttribute("message")).toBe("shop-cache does not run");
  });

  it("is well-formed JUnit whatever a check found, and says it unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (binary, text) => {
        const found: Check[] = [fail(`name ${text}`, `${binary}`, '<a & "b">', "it's"), ok(binary, "")];
        const { document, problems } = parse(renderJunit(report({ checks: found })));
        expect(problems).toEqual([]);
        const [first] = Array.from(document.getElementsByTagName("testcase"));
        expect(first!.getAttribute("name")).toBe(`name ${text}`);
        expect(document.getElementsByTagName("failure")[0]!.textContent).toContain('expected: <a & "b">');
      }),
    );
  });

  it("goes to the file that is named, in the format of its extension, else in both", () => {
    const folder = mkdtempSync(join(tmpdir(), "report-"));
    const written = ["out.xml", "out.json", "out"].map((name) =>
      writeReport(join(folder, name), report()).map((file) => file.slice(folder.length + 1)),
    );
    expect(written).toEqual([["out.xml"], ["out.json"], ["out.json", "out.xml"]]);
    expect(JSON.parse(readFileSync(join(folder, "out.json"), "utf8"))).toEqual(report());
    expect(readFileSync(join(folder, "out.xml"), "utf8")).toBe(renderJunit(report()));
    rmSync(folder, { recursive: true });
  });
});
