import { describe, expect, it } from "vitest";
import { changeFor, type Wish } from "../../../operations/change/kinds.ts";
import { facts } from "../rollback/facts.ts";

const database = { database: { name: "orders", secret: "database" }, secrets: { database: "as long as it has to be" } };
const wish = (kind: Wish["kind"], config: Record<string, unknown> = {}, more: Partial<Wish> = {}) =>
  changeFor({
    kind,
    config: facts({}, config).config,
    now: "2026-11-21T12:30:00Z",
    actor: "ann@ops",
    falseAlarm: false,
    target: undefined,
    ...more,
  });
const set = (change: ReturnType<typeof wish>) => change.edits.map(({ key, to }) => [key, to]);

describe("a change by one word", () => {
  it("is one key for maintenance and isolation", () => {
    expect(set(wish("maintenance on"))).toEqual([["router.maintenance", true]]);
    expect(set(wish("maintenance off"))).toEqual([["router.maintenance", false]]);
    expect(set(wish("isolate"))).toEqual([["router.isolate", true]]);
  });

  it("clears an isolation behind the maintenance page, with a second name; a false alarm needs none", () => {
    const router = { port: 8080, isolate: true };
    const cleared = wish("clear", { router });
    expect(cleared.needs).toBe("clearance");
    expect(set(cleared)).toEqual([
      ["clearance.by", "ann@ops"],
      ["clearance.at", "2026-11-21T12:30:00Z"],
      ["router.isolate", false],
      ["router.maintenance", true],
    ]);
    const alarm = wish("clear", { router }, { falseAlarm: true });
    expect([alarm.needs, set(alarm)]).toEqual([undefined, [["router.isolate", false]]]);
    expect(() => wish("clear")).toThrow("expected a stack that is isolated by its config");
  });

  it("rehearses a restore to now, a time or a backup, once; never beside another target", () => {
    expect(set(wish("restore-drill", database))).toEqual([
      ["targetTime", "2026-11-21T12:30:00Z"],
      ["drill", true],
    ]);
    expect(set(wish("restore-drill", database, { target: "safety-1" }))[0]).toEqual(["targetBackup", "safety-1"]);
    expect(wish("restore-drill", database).once).toBe(true);
    expect(() => wish("restore-drill", { ...database, targetBackup: "safety-0" })).toThrow("got safety-0");
  });
});
