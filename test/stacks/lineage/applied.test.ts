import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allowanceFor, allowsLoss } from "../../../stacks/lineage/allowance.ts";
import { type AppliedMigration, plannedSteps, withApplied } from "../../../stacks/lineage/applied.ts";
import type { Lineage, Migration } from "../../../stacks/lineage.ts";

const migration = (id: number): Migration => ({
  id: String(id),
  name: `${id}_x`,
  kind: "expand",
  down: "reversible",
  loses: [],
  hash: `hash ${id}`,
  up: `up ${id}`,
  downSql: `file's down ${id}`,
  verify: null,
});
const applied = (id: number): AppliedMigration => ({
  ...migration(id),
  downSql: `stored down ${id}`,
  at: "2026-11-21T00:00:00Z",
  image: null,
});
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const lineage = (ids: readonly number[]): Lineage => ({ migrations: ids.map(migration) });
const errorsOf = (files: readonly number[], ran: readonly number[]) => {
  const errors: string[] = [];
  withApplied(lineage(files), ran.map(applied), errors);
  return errors;
};

describe("files and what has run", () => {
  it("agree whichever of them goes further", () => {
    fc.assert(
      fc.property(fc.nat(8), fc.nat(8), (files, ran) => {
        const errors: string[] = [];
        const whole = withApplied(lineage(upTo(files)), upTo(ran).map(applied), errors);
        expect(errors).toEqual([]);
        expect(whole.migrations.map(({ id }) => Number(id))).toEqual(upTo(Math.max(files, ran)));
      }),
    );
  });

  it("do not agree when a file before the last that ran is taken away, whether that one ran or not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(), fc.boolean(), (count, seed, ran) => {
        const hole = 1 + (seed % (count - 1));
        const without = upTo(count).filter((id) => id !== hole);
        expect(ran ? errorsOf(without, upTo(count)) : errorsOf(upTo(count), without)).toHaveLength(1);
      }),
    );
  });

  it("do not agree when a file changed", () => {
    const errors: string[] = [];
    withApplied(lineage([1, 2]), [{ ...applied(1), hash: "another" }], errors);
    expect(errors).toEqual([expect.stringMatching(/^1_x: expected the SQL that ran on 2026-11-21T00:00:00Z/)]);
  });

  it("do not agree when the files have another order", () => {
    expect(errorsOf([2, 1, 3], [1, 2])).toEqual([
      "2_x: expected the order in which the migrations ran, got another; restore the names of the files",
    ]);
  });

  it("do not agree when another migration took the place of one that ran", () => {
    expect(errorsOf([1, 3], [1, 2])).toEqual([
      "3_x: expected the migrations that have run first, got none for 2_x, which ran on 2026-11-21T00:00:00Z; add its file, or give 3_x a later id",
    ]);
  });

  it("lead back by what was stored", () => {
    const steps = plannedSteps(lineage([1, 2, 3]), upTo(3).map(applied), "1");
    expect(steps.migrations.map(({ downSql }) => downSql)).toEqual(["stored down 3", "stored down 2"]);
    expect(plannedSteps(lineage([1, 2, 3]), [applied(1)], "3").direction).toBe("up");
  });
});

describe("an allowance", () => {
  it("covers up to its number, once", () => {
    expect(allowsLoss(5, undefined, 5)).toBe(true);
    expect(allowsLoss(5, undefined, 6)).toBe(false);
    expect(allowsLoss(undefined, undefined, 1)).toBe(false);
    expect(allowsLoss(5, 5, 1)).toBe(false);
    expect(allowsLoss(6, 5, 1)).toBe(true);
    expect(allowsLoss(undefined, undefined, 0)).toBe(true);
  });

  it("that is proposed is one that covers", () => {
    fc.assert(
      fc.property(fc.nat(), fc.option(fc.nat(), { nil: undefined }), (values, used) =>
        allowsLoss(allowanceFor(values, used), used, values),
      ),
    );
  });
});
