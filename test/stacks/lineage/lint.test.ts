import { describe, expect, it } from "vitest";
import { examine } from "../../../stacks/lineage/examine.ts";
import { lint, type Marks } from "../../../stacks/lineage/lint.ts";

const marks = (changes: Partial<Marks>): Marks => ({
  kind: "contract",
  down: "irreversible",
  loses: [],
  lossless: undefined,
  compatible: undefined,
  ...changes,
});
const seen = (sql: string) => examine(sql).map(({ does, what }) => `${does} ${what}`);

describe("what an SQL text does", () => {
  it.each([
    ["ALTER TABLE orders DROP COLUMN price, DROP note", ["drops orders.price", "drops orders.note"]],
    ['ALTER TABLE IF EXISTS ONLY public."Orders" DROP COLUMN IF EXISTS "Price" CASCADE', ["drops Orders.Price"]],
    ["DROP TABLE IF EXISTS a, public.b CASCADE", ["drops a", "drops b"]],
    ["ALTER TABLE orders RENAME COLUMN a TO b", ["renames orders"]],
    ["ALTER INDEX a RENAME TO b", ["renames a"]],
    ["ALTER TABLE orders ALTER price SET DATA TYPE int USING price::int", ["retypes orders.price"]],
    ["ALTER TABLE orders ALTER COLUMN price SET NOT NULL", ["tightens orders.price"]],
    ["ALTER TABLE orders ADD COLUMN price numeric(10, 2) NOT NULL", ["tightens orders.price"]],
    ["ALTER TABLE orders ADD price int NOT NULL DEFAULT 0, ADD id bigserial NOT NULL", []],
    ["ALTER TABLE orders ADD CONSTRAINT c CHECK (a IS NOT NULL), DROP CONSTRAINT d, ALTER a DROP NOT NULL", []],
    ["TRUNCATE orders; DELETE FROM lines WHERE true", ["empties orders", "empties lines"]],
    ["DROP FUNCTION f(int, text)", ["removes f"]],
    ["DROP TRIGGER t ON orders", ["removes t"]],
    ["DROP INDEX i", []],
    ["CREATE INDEX CONCURRENTLY i ON orders (a)", ["leaves the transaction CREATE INDEX CONCURRENTLY i ON orders (a)"]],
    ["COMMIT", ["leaves the transaction COMMIT"]],
    ["-- DROP TABLE a\n/* DROP TABLE b; */ SELECT 'DROP TABLE c; ''', e'\\'; DROP TABLE d'", []],
    ["CREATE FUNCTION f() RETURNS trigger AS $body$ BEGIN DROP TABLE a; END $body$ LANGUAGE plpgsql", []],
    ["DO $$ BEGIN EXECUTE 'x'; IF true THEN DROP TABLE a; END IF; END $$", ["drops a"]],
    ["DO $$ DECLARE i int; BEGIN TRUNCATE a; END $$", ["empties a"]],
  ])("%s", (sql, expected) => {
    expect(seen(sql)).toEqual(expected);
  });
});

describe("a migration's marks", () => {
  it("of an expand refuse an up that drops, renames or tightens, unless it says why earlier releases still work", () => {
    const up = "ALTER TABLE t DROP a; ALTER TABLE t RENAME b TO c; ALTER TABLE t ADD d int NOT NULL";
    expect(lint(marks({ kind: "expand" }), up, null)).toHaveLength(3);
    expect(lint(marks({ kind: "expand", compatible: "nobody reads them" }), up, null)).toEqual([]);
    expect(lint(marks({ kind: "contract" }), up, null)).toEqual([]);
    expect(lint(marks({ kind: "expand" }), "ALTER TABLE t ADD a int", null)).toEqual([]);
  });

  it.each([
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t RENAME a TO b",
    "ALTER TABLE t ALTER a TYPE int",
    "DROP TABLE t",
  ])("reversible refuse the down: %s", (down) => {
    const [error] = lint(marks({ down: "reversible" }), "", down);
    expect(error).toMatch(/^expected the down of a reversible migration to lose nothing, got one that /);
    expect(lint(marks({ down: "reversible", lossless: "it is computed" }), "", down)).toEqual([]);
  });

  it("reversible let a down remove a trigger, its function and an index", () => {
    expect(lint(marks({ down: "reversible" }), "", "DROP TRIGGER a ON t; DROP FUNCTION f(); DROP INDEX i")).toEqual([]);
  });

  it("lossy need `loses`, which names all that is dropped", () => {
    expect(lint(marks({ down: "lossy" }), "", "SELECT 1")).toEqual([
      expect.stringContaining("expected a line `-- loses"),
    ]);
    expect(lint(marks({ down: "lossy", loses: ["t.a"] }), "", "ALTER TABLE t DROP a, DROP b")).toEqual([
      expect.stringContaining("got a down that drops t.b"),
    ]);
    expect(lint(marks({ down: "lossy", loses: ["t"] }), "", "ALTER TABLE t DROP a; DROP TABLE t")).toEqual([]);
    expect(lint(marks({ down: "reversible", loses: ["t"] }), "", "SELECT 1")).toEqual([
      expect.stringContaining("expected the mark lossy"),
    ]);
  });

  it("other than irreversible need a down", () => {
    expect(lint(marks({ down: "reversible" }), "", null)).toEqual([expect.stringContaining("Down Migration")]);
    expect(lint(marks({ down: "irreversible" }), "", null)).toEqual([]);
  });
});
