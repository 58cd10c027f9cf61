import { describe, expect, it } from "vitest";
import { lastRollback, levelsNow } from "../../../operations/status/levels.ts";
import { facts } from "../rollback/facts.ts";

const told = (found: ReturnType<typeof facts>) =>
  levelsNow(found).map(({ level, possible, to, until }) => [level, possible, to, until !== null]);

describe("the levels that are possible now", () => {
  it("are by what is warm, by the schema, and by the bases that there are", () => {
    expect(told(facts())).toEqual([
      [1, "no", null, false],
      [2, "yes", "2.0.0", true],
      [3, "no", null, false],
    ]);
    expect(told(facts({ head: "2" }))[0]).toEqual([1, "yes", "2.0.0", true]);
  });

  it("are unknown where the repository could not be read", () => {
    const recovery = { ...facts().recovery!, stanzas: { unknown: "no answer" } };
    expect(told(facts({ recovery })).at(-1)).toEqual([3, "unknown", null, false]);
  });
});

describe("the last rollback", () => {
  const line = (event: string, more: object = {}) => ({ event, operation: "rollback", id: "rb-1", at: "t", ...more });

  it("is told with its end, or that it has none", () => {
    expect(lastRollback([])).toBeUndefined();
    expect(lastRollback([line("rollback-begun")])?.status).toBe("begun, and not finished");
    expect(lastRollback([line("rollback-begun"), line("rollback-ended", { status: "failed" })])?.status).toBe("failed");
    expect(lastRollback([line("rollback-begun"), line("refused")])?.status).toBe("refused");
  });
});
