import { describe, expect, it } from "vitest";
import { changesOf } from "../../../operations/journal/changes.ts";
import { figuresOf } from "../../../operations/journal/figures.ts";
import { filterChanges } from "../../../operations/journal/filter.ts";
import { chooseIncident, renderIncident } from "../../../operations/journal/incident.ts";
import { renderHistory } from "../../../operations/journal/render.ts";
import { linesOf, type Told } from "./chain.ts";
import { at, begun, deploy, rollback } from "./runs.ts";

const objectives = { levels: { "1": 2 }, components: { router: 1, schema: 30 } };
const figures = (...told: (readonly Told[])[]) => figuresOf(changesOf(linesOf(told.flat())), objectives);
const hour = 3600;

describe("figures of a history", () => {
  it("are counted from the changes alone", () => {
    const failed = { event: "failed", operation: "router", run: "run-9000", error: "x", at: at(9001) };
    const result = figures(
      deploy(0),
      rollback(600),
      [begun(9000), failed],
      [{ ...begun(9100), event: "refused", run: undefined }],
    );
    expect(result).toMatchObject({
      changes: 4,
      byStatus: { done: 2, failed: 1, refused: 1, aborted: 0, started: 0 },
      successRate: 2 / 3,
      recovery: { n: 1, meanMs: 3000, p50Ms: 3000, maxMs: 3000 },
      failedDeploymentRecovery: { n: 1, meanMs: 600_000 },
      downtimeMs: 60_000,
      failedRequests: 934,
      rollbacks: 1,
      falseRollbacks: 0,
      recoveryAccuracy: 1,
      reasons: { "green answers 500": 3, deploy: 1 },
    });
    expect(result.levels["1"]).toMatchObject({ n: 2, targetMs: 2000, within: 0 });
    expect(result.components.router).toMatchObject({ n: 2, targetMs: 1000, within: 1, p95Ms: 400 });
    expect(result.components.schema).toMatchObject({ n: 0, within: null });
  });

  it("call a rollback false when the same release went live again within the hour", () => {
    expect(figures(deploy(0), rollback(600), deploy(1200)).falseRollbacks).toBe(1);
    expect(figures(deploy(0), rollback(600), deploy(1200)).recoveryAccuracy).toBe(0);
    expect(figures(deploy(0), rollback(600), deploy(600 + 2 * hour)).falseRollbacks).toBe(0);
  });

  it("call a recovery inaccurate when another one had to follow it", () => {
    expect(figures(deploy(0), rollback(600), rollback(1200)).recoveryAccuracy).toBe(0.5);
  });

  it("say nothing where there is nothing", () => {
    expect(figures([])).toMatchObject({ successRate: null, recovery: { n: 0, meanMs: null }, recoveryAccuracy: null });
  });
});

describe("a history as a table", () => {
  it("names the columns, shows what never ended, and the figures below", () => {
    const changes = changesOf(linesOf([...deploy(0), ...rollback(600).slice(0, 2)]));
    const text = renderHistory(changes, figuresOf(changes, objectives));
    expect(text).toMatch(/^started \(UTC\) +level {2}kind +status +took +downtime +failed$/m);
    expect(text).toMatch(
      /02:00:00 +1 +deploy +done +3\.0 s +30\.0 s +467\n {2}blue 1\.0\.0 -> green 1\.1\.0 by kim@ops: deploy$/m,
    );
    expect(text).toMatch(/02:10:00 +1 +change +no end +- +- +-\n {2}green 1\.1\.0 -> blue 1\.0\.0 by /m);
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^level 1 +1 +2\.0 s +0\.0 %/m);
  });
});

describe("filters", () => {
  const changes = changesOf(linesOf([...deploy(0), ...rollback(600)]));
  const now = Date.parse(at(700));
  const ids = (filter: object) => filterChanges(changes, filter, now).map(({ id }) => id);

  it("let through what they name", () => {
    expect(ids({})).toEqual(["run-0", "run-600"]);
    expect(ids({ since: "5m" })).toEqual(["run-600"]);
    expect(ids({ until: at(500) })).toEqual(["run-0"]);
    expect(ids({ kind: "rollback" })).toEqual(["run-600"]);
    expect(ids({ reason: "ANSWERS" })).toEqual(["run-600"]);
    expect(ids({ limit: "1", status: "done,failed", level: "1" })).toEqual(["run-600"]);
    expect(ids({ level: "2" })).toEqual([]);
  });

  it("are refused by name when they say nothing", () => {
    expect(() => ids({ since: "yesterday" })).toThrow(/^--since: expected a time such as .* got yesterday$/);
    expect(() => ids({ status: "ok" })).toThrow(/^--status: expected some of done,/);
    expect(() => ids({ limit: "0" })).toThrow(/^--limit: /);
  });
});

describe("an incident's report", () => {
  const lines = linesOf([...deploy(0), ...rollback(600)]);
  const changes = changesOf(lines);

  it("is about the last change that went back, or the one that is named", () => {
    expect(chooseIncident(changes, undefined)?.id).toBe("run-600");
    expect(chooseIncident(changes, "run-0")?.id).toBe("run-0");
    expect(chooseIncident(changes, "5")?.id).toBe("run-600");
    expect(chooseIncident(changesOf(linesOf(deploy(0))), undefined)).toBeUndefined();
  });

  it("has the timeline, what the journal knows, open items and due dates", () => {
    const text = renderIncident({ stack: "production", change: changes[1]!, changes, lines, contacts: ["Kim, +49 1"] });
    expect(text).toContain("# Incident: production, 2026-11-21 02:10 UTC");
    expect(text).toContain("| deployed before | green 1.1.0 at 2026-11-21T02:00:03.000Z, 10.0 min until it was left |");
    expect(text).toContain("Contacts: Kim, +49 1");
    expect(text.match(/^\| 2026-11-21T/gm)).toHaveLength(8);
    expect(text).toContain("- [x] the verdict was read");
    expect(text).toContain("- [ ] customers were told that it is over");
    expect(text).toContain("(due 2026-11-22)");
    expect(text).toContain("| fix what was gone back from, and deploy it again | _open_ | 2026-11-23 |");
  });
});
