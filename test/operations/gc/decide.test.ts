import { describe, expect, it } from "vitest";
import { findGarbage } from "../../../operations/gc/decide.ts";
import type { GcFacts, PointFact } from "../../../operations/gc/facts.ts";

const image = (id: string, ...names: string[]) => ({ id, names, bytes: 1_000_000 });
const point = (name: string, at: string, changes: Partial<PointFact> = {}): PointFact => ({
  name,
  kind: "safety",
  at,
  generation: "initial",
  releases: ["1.0.0"],
  sets: ["old-01234567"],
  of: "",
  ...changes,
});

const facts = (changes: Partial<GcFacts> = {}): GcFacts => ({
  now: new Date("2026-11-21T00:00:00Z"),
  images: [
    image("i1", "shop:1.0.0"),
    image("i2", "shop:2.0.0"),
    image("i3", "shop@sha256:abc"),
    image("i4", "shop:4.0.0"),
  ],
  used: new Set(),
  releases: new Set(["2.0.0"]),
  releaseImages: new Set(["shop@sha256:abc"]),
  migrationImages: new Set(),
  sets: [
    { name: "shop", platform: false },
    { name: "old", platform: false },
    { name: "unused", platform: false },
    { name: "former-platform", platform: true },
  ],
  namedSets: new Set(["shop"]),
  points: [],
  oldestBackups: new Map([["initial", "2026-11-01T00:00:00Z"]]),
  retentionDays: 90,
  unknown: [],
  ...changes,
});
const garbage = (changes: Partial<GcFacts> = {}) =>
  findGarbage(facts(changes)).map(({ kind, name }) => `${kind} ${name}`);

describe("an image or set", () => {
  it("is garbage when no release, backup point, container or migration names it", () => {
    expect(garbage()).toEqual(["image shop:1.0.0", "image shop:4.0.0", "set sets/old", "set sets/unused"]);
  });

  it("stays for a release that a reachable backup point names", () => {
    const points = [point("safety-1", "2026-11-10T00:00:00Z")];
    expect(garbage({ points })).toEqual(["image shop:4.0.0", "set sets/unused"]);
  });

  it("goes with the last backup point that can no longer be restored", () => {
    const points = [point("safety-1", "2026-10-10T00:00:00Z")];
    expect(garbage({ points })).toEqual([
      "image shop:1.0.0",
      "image shop:4.0.0",
      "set sets/old",
      "set sets/unused",
      "backup point safety-1",
    ]);
  });

  it("stays while a container has it, or a database keeps it for the way back of a migration", () => {
    const kept = { used: new Set(["i1"]), migrationImages: new Set(["i4"]) };
    expect(garbage(kept)).toEqual(["set sets/old", "set sets/unused"]);
  });

  it("stays whatever it is while something could not be read", () => {
    expect(garbage({ unknown: ["the database"] })).toEqual([]);
  });
});

describe("a backup point", () => {
  it("stays while the repository cannot be read, or does not know its generation", () => {
    const points = [point("safety-1", "2020-01-01T00:00:00Z", { generation: "other" })];
    expect(garbage({ points })).not.toContain("backup point safety-1");
    expect(garbage({ points, oldestBackups: undefined })).not.toContain("backup point safety-1");
  });
});

describe("a dump", () => {
  const dump = (name: string, at: string, of = "public.a") =>
    point(name, at, { kind: "dump", releases: [], sets: [], of });

  it("is garbage when it is older than the retention and there is a newer one of the same tables", () => {
    const points = [
      dump("dump-1", "2026-01-01T00:00:00Z"),
      dump("dump-2", "2026-11-01T00:00:00Z"),
      dump("dump-3", "2026-01-01T00:00:00Z", "public.b"),
    ];
    const found = garbage({ points }).filter((one) => one.startsWith("dump"));
    expect(found).toEqual(["dump dump-1"]);
  });
});
