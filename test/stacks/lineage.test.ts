import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  acceptedBy,
  checkReleaseSchema,
  closedBy,
  type Lineage,
  type Migration,
  stepsBetween,
  unnamedContracts,
  wantedHead,
} from "../../stacks/lineage.ts";

const migration = (id: string, kind: Migration["kind"]): Migration => ({
  id,
  name: `${id}_x`,
  kind,
  down: "reversible",
  loses: [],
  hash: id,
  up: "",
  downSql: "",
  verify: null,
});
const lineageOf = (...kinds: Migration["kind"][]): Lineage => ({
  migrations: kinds.map((kind, index) => migration(String(index + 1), kind)),
});
/** The migrations of the reference application: three that expand, then a contract. */
const reference = lineageOf("expand", "expand", "expand", "contract");
const ids = (steps: { migrations: readonly Migration[] }) => steps.migrations.map(({ id }) => id);

describe("the heads a release accepts", () => {
  it("go from its min to the last head that expand migrations reach from its target", () => {
    expect(acceptedBy(reference, { target: "1", min: "1" })).toMatchObject({ min: "1", max: "3" });
    expect(acceptedBy(reference, { target: "3", min: "2" })).toMatchObject({ min: "2", max: "3" });
    expect(acceptedBy(reference, { target: "4", min: "4" })).toMatchObject({ min: "4", max: "4" });
    expect(acceptedBy(reference, { target: "1", min: "0" })).toMatchObject({ min: "", max: "3" });
  });

  it("are all of them for a release without a schema", () => {
    expect(acceptedBy(reference, undefined).accepts("4")).toBe(true);
    expect(acceptedBy(reference, undefined).accepts("from elsewhere")).toBe(true);
  });

  it("are told with leading zeros, too", () => {
    expect(acceptedBy(reference, { target: "0003", min: "01" }).accepts("002")).toBe(true);
  });

  it("must be in the lineage and in its order", () => {
    const errors: string[] = [];
    checkReleaseSchema(reference, "9.0.0", { target: "9", min: "1" }, errors);
    checkReleaseSchema(reference, "2.0.0", { target: "2", min: "3" }, errors);
    checkReleaseSchema(reference, "1.0.0", { target: "2", min: "1" }, errors);
    expect(errors).toEqual([
      "releases/9.0.0.yaml: schema.target: expected a migration of the lineage (1, 2, 3, 4), got 9; add its file, or name another",
      "releases/2.0.0.yaml: schema: expected min to be at most target in the order of the migrations, got min 3 after target 2",
    ]);
  });
});

describe("the wanted head", () => {
  const accepts = (target: string, min = target) => acceptedBy(reference, { target, min });

  it("stays where the active release accepts it", () => {
    expect(wantedHead(reference, "3", accepts("1"))).toBe("3");
  });

  it("is else the nearest that the release accepts, up or down", () => {
    expect(wantedHead(reference, "4", accepts("2"))).toBe("3");
    expect(wantedHead(reference, "1", accepts("3", "2"))).toBe("2");
    expect(wantedHead(reference, "", accepts("2"))).toBe("2");
  });

  it("is the one that schemaVersion names", () => {
    expect(wantedHead(reference, "3", accepts("3"), "4")).toBe("4");
    expect(wantedHead(reference, "3", accepts("1"), "0")).toBe("");
    expect(() => wantedHead(reference, "3", accepts("1"), "7")).toThrow(/schemaVersion: expected a migration/);
  });

  it("runs a contract only when schemaVersion names the head, or the database is new", () => {
    expect(unnamedContracts(reference, "3", "4", undefined).map(({ id }) => id)).toEqual(["4"]);
    expect(unnamedContracts(reference, "3", "4", "4")).toEqual([]);
    expect(unnamedContracts(reference, "", "4", undefined)).toEqual([]);
    expect(unnamedContracts(reference, "4", "3", undefined)).toEqual([]);
  });

  it("closes the colors that do not accept it", () => {
    const releases = { blue: accepts("2"), green: accepts("4") };
    expect(closedBy("3", releases)).toEqual(["green"]);
    expect(closedBy("4", releases)).toEqual(["blue"]);
    expect(closedBy("4", { blue: null, green: accepts("4") })).toEqual([]);
  });
});

describe("for every lineage", () => {
  const kinds = fc.array(fc.constantFrom("expand" as const, "contract" as const), { minLength: 1, maxLength: 12 });
  const world = kinds.chain((all) =>
    fc.record({
      lineage: fc.constant(lineageOf(...all)),
      a: fc.integer({ min: 0, max: all.length }),
      b: fc.integer({ min: 0, max: all.length }),
      live: fc.integer({ min: 0, max: all.length }),
    }),
  );
  const head = (at: number) => (at === 0 ? "" : String(at));

  it("a release accepts exactly min to max, and what lies between target and max is all expand", () => {
    fc.assert(
      fc.property(world, ({ lineage, a, b, live }) => {
        const [min, target] = [Math.min(a, b), Math.max(a, b)];
        const accepts = acceptedBy(lineage, { min: head(min), target: head(target) });
        expect(accepts.accepts(head(live))).toBe(min <= live && live <= Number(accepts.max || 0));
        expect(accepts.accepts(head(target))).toBe(true);
        expect(stepsBetween(lineage, head(target), accepts.max).migrations.every(({ kind }) => kind === "expand")).toBe(
          true,
        );
        expect(lineage.migrations[Number(accepts.max || 0)]?.kind ?? "contract").toBe("contract");
      }),
    );
  });

  it("the way back is the way there in reverse", () => {
    fc.assert(
      fc.property(world, ({ lineage, a, b }) => {
        const [there, back] = [stepsBetween(lineage, head(a), head(b)), stepsBetween(lineage, head(b), head(a))];
        expect(ids(back)).toEqual(ids(there).reverse());
        expect(there.migrations).toHaveLength(Math.abs(a - b));
        expect(there.direction).toBe(a === b ? "none" : a < b ? "up" : "down");
      }),
    );
  });

  it("the wanted head is accepted, no accepted head is nearer, and from there it stays", () => {
    fc.assert(
      fc.property(world, ({ lineage, a, b, live }) => {
        const accepts = acceptedBy(lineage, { min: head(Math.min(a, b)), target: head(Math.max(a, b)) });
        const wanted = wantedHead(lineage, head(live), accepts);
        expect(accepts.accepts(wanted)).toBe(true);
        const distance = Math.abs(Number(wanted || 0) - live);
        for (let other = 0; other <= lineage.migrations.length; other++)
          if (accepts.accepts(head(other))) expect(Math.abs(other - live)).toBeGreaterThanOrEqual(distance);
        expect(wantedHead(lineage, wanted, accepts)).toBe(wanted);
      }),
    );
  });
});
