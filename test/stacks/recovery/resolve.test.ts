import { describe, expect, it } from "vitest";
import type { RecoveryTarget } from "../../../operations/generations/format.ts";
import type { RecoveryFacts } from "../../../stacks/recovery/facts.ts";
import { resolveTarget } from "../../../stacks/recovery/resolve.ts";
import {
  at,
  base,
  dead,
  dump,
  facts,
  generation,
  point,
  promotion,
  restored,
  segment,
  server,
  stanza,
  stanzas,
} from "./history.ts";

const time = (text: string): RecoveryTarget => ({ kind: "time", at: at(text) });
const lsn = (text: string, of?: string): RecoveryTarget => ({ kind: "lsn", lsn: text, ...(of && { generation: of }) });
const named = (name: string): RecoveryTarget => ({ kind: "backup", name });

/** `generation label stop`, or the refusal. */
function meaning(target: RecoveryTarget, given: RecoveryFacts): string {
  const resolved = resolveTarget(target, given);
  if ("refused" in resolved) return `refused: ${resolved.refused}`;
  const { source, material } = resolved.found;
  if (material.kind === "dump") return `${source.generation} dump ${material.name}`;
  const { stop } = material;
  const where = "at" in stop ? stop.at : "lsn" in stop ? stop.lsn : "name" in stop ? stop.name : "";
  return `${source.generation} ${material.label} ${stop.kind} ${where}${"inclusive" in stop && stop.inclusive ? " inclusive" : ""}`.trim();
}

const window = `2026-11-20T01:00:01.000Z to now (initial)`;

describe("a time", () => {
  it.each([
    ["02:00", `initial 20261120-010000F time ${at("02:00")}`],
    ["05:00", `initial 20261120-010000F time ${at("05:00")}`],
    ["05:00:01", `initial 20261120-050000F time ${at("05:00:01")}`],
    ["12:00", `initial 20261120-050000F time ${at("12:00")}`],
  ])("at %s leads to the newest base that ended before it", (text, expected) => {
    expect(meaning(time(text), facts())).toBe(expected);
  });

  it.each([
    ["01:00", `refused: expected a base of initial that ended before ${at("01:00")}, got none; the window: ${window}`],
    [
      "12:00:01",
      `refused: expected a time that has been, got ${at("12:00:01")}, and it is ${at("12:00")}; the window: ${window}`,
    ],
  ])("at %s is refused with the window", (text, expected) => {
    expect(meaning(time(text), facts())).toBe(expected);
  });

  it("passes a base that has wrong pages, or stands on one", () => {
    const bases = [
      base("01:00", 1, 3),
      base("05:00", 1, 9, { error: true }),
      base("06:00", 1, 10, { reference: ["20261120-050000F"] }),
    ];
    const given = facts({ stanzas: stanzas(stanza("initial", bases, segment(1, 14))) });
    expect(meaning(time("07:00"), given)).toBe(`initial 20261120-010000F time ${at("07:00")}`);
  });

  it("passes a base of a timeline that its generation has left", () => {
    const bases = [base("01:00", 1, 3), base("05:00", 2, 9)];
    const given = facts({ stanzas: stanzas(stanza("initial", bases, segment(1, 14))) });
    expect(meaning(time("07:00"), given)).toBe(`initial 20261120-010000F time ${at("07:00")}`);
  });

  it("means the generation that was current then", () => {
    expect(meaning(time("09:59"), restored())).toBe(`initial 20261120-050000F time ${at("09:59")}`);
    expect(meaning(time("10:30"), restored())).toBe(`restored-a 20261120-100500F time ${at("10:30")}`);
  });

  it("is refused in a generation that had no base yet, with both windows", () => {
    expect(meaning(time("10:02"), restored())).toBe(
      `refused: expected a base of restored-a that ended before ${at("10:02")}, got none; the window: 2026-11-20T01:00:01.000Z to ${at("10:00")} (initial), 2026-11-20T10:05:01.000Z to now (restored-a)`,
    );
  });

  it("means the generation that came back, after an undo, with its older bases", () => {
    const { catalogue } = restored();
    const undone = promotion("11:00", "initial", "restored-a", { kind: "undo" });
    const given = restored({
      catalogue: { ...catalogue, promotions: [...catalogue.promotions, undone] },
      server: { value: server() },
    });
    expect(meaning(time("10:30"), given)).toBe(`restored-a 20261120-100500F time ${at("10:30")}`);
    expect(meaning(time("11:30"), given)).toBe(`initial 20261120-050000F time ${at("11:30")}`);
  });

  it("means the third generation after a second restore, whose source was the first", () => {
    const { catalogue, stanzas: known } = restored();
    const both = "value" in known ? known.value : new Map();
    const third = stanzas(stanza("restored-b", [base("11:05", 2, 12)], segment(2, 14)));
    const given = restored({
      catalogue: {
        ...catalogue,
        generations: [...catalogue.generations, generation("restored-b", 2)],
        promotions: [...catalogue.promotions, promotion("11:00", "restored-b", "restored-a")],
      },
      stanzas: { value: new Map([...both, ...("value" in third ? third.value : [])]) },
    });
    expect(meaning(time("11:30"), given)).toBe(`restored-b 20261120-110500F time ${at("11:30")}`);
    expect(meaning(time("10:59"), given)).toBe(`restored-a 20261120-100500F time ${at("10:59")}`);
    expect(meaning(time("04:00"), given)).toBe(`initial 20261120-010000F time ${at("04:00")}`);
  });

  it("is not refused where the generation that serves is dead: what its volume has is unknown", () => {
    expect(meaning(time("11:59"), facts({ server: dead }))).toBe(`initial 20261120-050000F time ${at("11:59")}`);
    expect(meaning(time("12:01"), facts({ server: dead }))).toMatch(/^refused: expected a time that has been/);
  });

  it("is refused where the repository cannot be read", () => {
    expect(meaning(time("02:00"), facts({ stanzas: dead }))).toMatch(/^refused: expected to read the repository/);
  });
});

describe("a position", () => {
  it("leads to the newest base that ended before it, up to what has been written", () => {
    expect(meaning(lsn("0/5000000"), facts())).toBe("initial 20261120-010000F lsn 0/5000000");
    expect(meaning(lsn("0/9000100"), facts())).toBe("initial 20261120-050000F lsn 0/9000100");
    expect(meaning(lsn("0/3000000"), facts())).toMatch(
      /^refused: expected a base of initial .* 0\/3000100 to 0\/F000000/,
    );
    expect(meaning(lsn("0/F000001"), facts())).toMatch(/^refused: expected a position that has been written/);
  });

  it("needs its generation once there are two, and ends where that one was left", () => {
    expect(meaning(lsn("0/5000000"), restored())).toMatch(
      /^refused: expected targetGeneration, as each of initial, restored-a/,
    );
    expect(meaning(lsn("0/5000000", "initial"), restored())).toBe("initial 20261120-010000F lsn 0/5000000");
    expect(meaning(lsn("0/E000101", "initial"), restored())).toMatch(/^refused: .* to 0\/E000100$/);
    expect(meaning(lsn("0/8000000", "restored-a"), restored())).toBe("restored-a 20261120-100500F lsn 0/8000000");
    expect(meaning(lsn("0/5000000", "other"), restored())).toMatch(
      /^refused: expected targetGeneration to be one that has served/,
    );
  });
});

describe("a name", () => {
  it("is a point on the base that it was taken on, or on the newest before it where that one is gone", () => {
    const name = "safety-20261120T030000Z-a1";
    expect(meaning(named(name), facts())).toBe(`initial 20261120-010000F name ${name}`);
    const later = [base("02:00", 1, 4), base("05:00", 1, 9)];
    const given = facts({ stanzas: stanzas(stanza("initial", later, segment(1, 14))) });
    expect(meaning(named(name), given)).toBe(`initial 20261120-020000F name ${name}`);
    const gone = facts({ stanzas: stanzas(stanza("initial", [base("05:00", 1, 9)], segment(1, 14))) });
    expect(meaning(named(name), gone)).toMatch(/^refused: expected a base of initial that ended before safety/);
  });

  it("is no dump of some tables alone", () => {
    const partial = { ...dump, partial: true, tables: ["public.orders"] };
    expect(meaning(named(dump.name), facts({ dumps: { value: [partial] } }))).toMatch(
      /^refused: expected a dump of the whole database, got dump-\S+, which has public\.orders alone/,
    );
  });

  it("is a backup as soon as it is whole, a dump, or the end of a generation's time", () => {
    expect(meaning(named("20261120-050000F"), facts())).toBe("initial 20261120-050000F immediate");
    expect(meaning(named(dump.name), facts({ stanzas: dead }))).toBe(`initial dump ${dump.name}`);
    expect(meaning(named("end-of-initial-10:00"), restored())).toBe(
      "initial 20261120-050000F name end-of-initial-10:00",
    );
  });

  it("is refused when it is unknown, with those that are near and the newest", () => {
    const points = ["20261119T100000Z-c1", "20261120T030000Z-a1"].map((name) => point(`safety-${name}`));
    expect(meaning(named("safety-20261119T100000Z-c2"), facts({ points: { value: points } }))).toBe(
      "refused: expected targetBackup to be a backup point, a dump or a backup, got safety-20261119T100000Z-c2; there are safety-20261119T100000Z-c1, 20261120-050000F, safety-20261120T030000Z-a1, dump-20261120T020000Z-d1, 20261120-010000F",
    );
    expect(meaning(named("x"), facts({ points: dead }))).toContain("the backup points could not be read");
  });

  it("is refused when it exists twice", () => {
    const twin = stanza("restored-a", [base("05:00", 2, 9)], segment(2, 14));
    const given = restored({ stanzas: stanzas(stanza("initial", [base("05:00", 1, 9)], segment(1, 14)), twin) });
    expect(meaning(named("20261120-050000F"), given)).toMatch(
      /^refused: .* which is label of initial, label of restored-a/,
    );
  });

  it("is refused for a backup with wrong pages, and on a timeline that nothing leads to", () => {
    const broken = stanzas(
      stanza("initial", [base("01:00", 1, 3), base("05:00", 1, 9, { error: true })], segment(1, 14)),
    );
    expect(meaning(named("20261120-050000F"), facts({ stanzas: broken }))).toMatch(
      /^refused: expected a backup without errors/,
    );
    const old = facts({ points: { value: [point("p", { timeline: 3 })] } });
    expect(meaning(named("p"), old)).toMatch(
      /^refused: expected a target on a timeline .* timeline 3 of initial, which goes on as 1/,
    );
    const { catalogue } = restored();
    const abandoned = [...catalogue.generations, generation("restored-x", 2, { state: "abandoned" })];
    const given = restored({
      catalogue: { ...catalogue, generations: abandoned },
      stanzas: stanzas(stanza("restored-x", [base("10:30", 2, 9)], segment(2, 14))),
    });
    expect(meaning(named("20261120-103000F"), given)).toMatch(/^refused: .* restored-x was abandoned before it served/);
  });
});

describe("what is expected, and what stays behind", () => {
  const found = (target: RecoveryTarget, given: RecoveryFacts) => {
    const resolved = resolveTarget(target, given);
    if ("refused" in resolved) throw new Error(resolved.refused);
    return resolved.found;
  };

  it("compares with a backup point only when that is the target, and always finds what ran then", () => {
    expect(found(named("safety-20261120T030000Z-a1"), facts()).expected).toEqual({
      head: "2",
      point: "safety-20261120T030000Z-a1",
    });
    const near = found(time("02:30"), facts());
    expect(near.expected).toEqual({ head: "2", point: null });
    expect(near.point?.name).toBe("safety-20261120T030000Z-a1");
  });

  it("counts from the target on in the generation that serves, and from its first moment where the target is in another", () => {
    expect(found(time("02:00"), facts()).since).toEqual({ at: at("02:00") });
    expect(found(lsn("0/5000000"), facts()).since).toEqual({ lsn: "0/5000000" });
    expect(found(named("safety-20261120T030000Z-a1"), facts()).since).toEqual({ lsn: "0/5000028" });
    expect(found(time("02:00"), restored()).since).toEqual({ lsn: "0/6000000", heartbeat: 1, xid: "800" });
  });
});
