import { describe, expect, it } from "vitest";
import { changesOf } from "../../../operations/journal/changes.ts";
import { announcements, initiated, progress } from "../../../operations/notifications/announce.ts";
import { news } from "../../../operations/notifications/tell-ends.ts";
import { linesOf, type Told } from "../journal/chain.ts";
import { at, begun, deploy, rollback } from "../journal/runs.ts";
import { configOf } from "./rig.ts";

const config = configOf({ contacts: [{ name: "Kim", role: "on call", reach: "+49 1" }] });
const told = { stack: "production", config };
const changes = (...parts: (readonly Told[])[]) => changesOf(linesOf(parts.flat()));
const kinds = (...parts: (readonly Told[])[]) => {
  const all = changes(...parts);
  return announcements(all, all, told).map(({ kind, severity }) => `${kind} ${severity}`);
};
const failed = { event: "failed", operation: "router", run: "run-10", error: "blue is not ready", at: at(12) };

describe("what is told of a change", () => {
  it("is its beginning, with who to turn to, and for customers without a word of what it is", () => {
    const [change] = changes([begun(10)]);
    const { text, customerText, severity, key } = initiated(change!, told);
    expect(text).toBe(
      "production: level 1 change has begun, green 1.1.0 -> blue 1.0.0, by kim@ops: green answers 500\nContacts: Kim (on call) +49 1",
    );
    expect(customerText).not.toMatch(/green|blue|kim|production|500/);
    expect([severity, key]).toEqual(["info", "production/run-10/initiated"]);
    expect(progress(change!, told).text).toContain("is still under way");
  });

  it("is its end, done or not, and no refusal", () => {
    expect(kinds(rollback(10))).toEqual(["completed info"]);
    expect(kinds([begun(10), failed])).toEqual(["failed critical"]);
    expect(kinds([begun(10)])).toEqual(["failed critical"]);
    expect(kinds([{ ...begun(10), event: "refused", run: undefined }])).toEqual([]);
  });

  it("is a warning when the third rollback within a day is done, and the sixth", () => {
    const days = [0, 1, 2, 3, 4, 5].map((n) => rollback(n * 3600));
    expect(kinds(...days).filter((kind) => kind === "repeated warning")).toHaveLength(2);
    expect(kinds(...days.slice(0, 3)).at(-1)).toBe("repeated warning");
    expect(kinds(deploy(0), deploy(60), deploy(120), rollback(200))).not.toContain("repeated warning");
    expect(kinds(rollback(0), rollback(90_000), rollback(180_000))).not.toContain("repeated warning");
  });

  it("says what the config's own templates say", () => {
    const own = {
      stack: "production",
      config: configOf({ templates: { completion: "{kind} to {to}: {duration} {what}" } }),
    };
    const all = changes(rollback(10));
    expect(announcements(all, all, own)[0]?.text).toBe("rollback to blue 1.0.0: 3.0 s {what}");
  });
});

describe("news", () => {
  const all = changes(deploy(0), rollback(600), [begun(900)]);
  const now = Date.parse(at(1000));
  const ids = (noted: number | undefined, running: string | undefined, when = now) => {
    const { ended, seq } = news(all, { last: 9, noted, running, now: when });
    return [ended.map(({ id }) => id), seq];
  };

  it("are the changes that ended after the last line that somebody was told of", () => {
    expect(ids(4, "run-900")).toEqual([["run-600"], 8]);
    expect(ids(8, "run-900")).toEqual([[], 8]);
    expect(ids(8, undefined)).toEqual([["run-900"], 9]);
    expect(ids(9, undefined)).toEqual([[], 9]);
  });

  it("are no change that may still come to an end", () => {
    expect(ids(8, undefined, Date.parse(at(905)))).toEqual([[], 8]);
    const byCommand = {
      event: "rollback-begun",
      operation: "rollback",
      id: "rb-1",
      reason: "r",
      actor: "kim",
      at: at(895),
    };
    const rolling = changes([byCommand], [{ ...begun(900), reason: "r" }]);
    const open = (second: number) =>
      news(rolling, { last: 2, noted: 0, running: undefined, now: Date.parse(at(second)) });
    expect(open(1000).open.map(({ id }) => id)).toEqual(["rb-1"]);
    expect(open(2000)).toMatchObject({ open: [], ended: [{ id: "rb-1" }], seq: 2 });
  });

  it("are the last hour's where nobody was told anything yet, or the journal began anew", () => {
    expect(ids(undefined, "run-900")).toEqual([["run-0", "run-600"], 8]);
    expect(ids(undefined, "run-900", Date.parse(at(4000)))).toEqual([["run-600"], 8]);
    expect(ids(500, "run-900")).toEqual([["run-0", "run-600"], 8]);
  });
});
