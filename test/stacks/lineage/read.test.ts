import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type Lineage, readLineage } from "../../../stacks/lineage.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Reads a folder with these files; the folder's name is left out of the errors. */
function read(files: Readonly<Record<string, string>>): Lineage & { errors: string[] } {
  const folder = mkdtempSync(join(tmpdir(), "lineage-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const errors: string[] = [];
  const lineage = readLineage(folder, errors);
  return { ...lineage, errors: errors.map((error) => error.replaceAll(`${folder}/`, "")) };
}

const file = (marks: string, up: string, down?: string) =>
  `-- switchback: ${marks}\n\n-- Up Migration\n${up}\n${down === undefined ? "" : `-- Down Migration\n${down}\n`}`;
const addA = file("expand, lossy\n-- loses: t.a", "ALTER TABLE t ADD COLUMN a int;", "ALTER TABLE t DROP COLUMN a;");

describe("a folder of migrations", () => {
  it("that does not exist has none", () => {
    expect(readLineage("/nowhere/at/all", [])).toEqual({ migrations: [] });
  });

  it("is read in order, with marks, SQL, hash and verify script", () => {
    const { migrations, errors } = read({
      "0010_c.sql": file("contract, irreversible", "DROP TABLE t;"),
      "0009_a.sql": addA,
      "0009_a.verify.sql": "SELECT 1 FROM t WHERE a IS NULL;",
      "README.md": "not a migration",
    });
    expect(errors).toEqual([]);
    expect(migrations.map(({ id, name }) => [id, name])).toEqual([
      ["9", "0009_a"],
      ["10", "0010_c"],
    ]);
    expect(migrations[0]).toMatchObject({ kind: "expand", down: "lossy", loses: ["t.a"] });
    expect(migrations[0]?.up).toContain("ADD COLUMN a int;");
    expect(migrations[0]?.up).not.toContain("DROP");
    expect(migrations[0]?.downSql).toContain("DROP COLUMN a;");
    expect(migrations[0]?.verify).toContain("IS NULL");
    expect(migrations[0]?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(migrations[1]?.downSql).toBeNull();
  });

  it("hashes the SQL and not the marks", () => {
    const hash = (text: string) => read({ "1_a.sql": text }).migrations[0]?.hash;
    expect(hash(addA.replace("expand", "contract"))).toBe(hash(addA));
    expect(hash(addA.replace("a int", "a bigint"))).not.toBe(hash(addA));
  });

  it("must have marks", () => {
    expect(read({ "1_a.sql": "-- switchback: expand\n-- Up Migration\nSELECT 1;" }).errors).toEqual([
      "1_a.sql: expected a first line like `-- switchback: expand, reversible` (expand|contract, reversible|lossy|irreversible), got expand",
    ]);
  });

  it("has no gaps, no id twice, no strange names and no verify script alone", () => {
    expect(
      read({ "1_a.sql": addA, "3_b.sql": addA, "3_c.sql": addA, "next.sql": addA, "4_d.verify.sql": "" }).errors,
    ).toEqual([
      "next.sql: expected a name like 0001_orders.sql, got next.sql",
      "3_b.sql: expected the migration 2 to follow 1_a.sql, got 3; add what is missing between them",
      "3_c.sql: expected an id of its own, got 3, which 3_b.sql has",
      "4_d.verify.sql: expected the migration that it verifies beside it, got none",
    ]);
  });

  it("may count in times, which have gaps", () => {
    expect(read({ "1700000000000_a.sql": addA, "1700000099000_b.sql": addA }).errors).toEqual([]);
  });

  it("may be written in TypeScript, rendered to SQL with the down inferred", () => {
    const { migrations, errors } = read({
      "1_a.sql": file("expand, lossy\n-- loses: t", "CREATE TABLE t (id int);", "DROP TABLE t;"),
      "2_b.ts": `// switchback: expand, lossy
// loses: t.note
export async function up(pgm: { addColumn(table: string, columns: object): void }): Promise<void> {
  await Promise.resolve();
  pgm.addColumn("t", { note: { type: "text" } });
}
`,
    });
    expect(errors).toEqual([]);
    expect(migrations[1]?.up.replace(/\s+/g, " ")).toBe('ALTER TABLE "t" ADD "note" text;');
    expect(migrations[1]?.downSql?.replace(/\s+/g, " ")).toBe('ALTER TABLE "t" DROP "note";');
  });

  it("refuses TypeScript that asks the database while it renders", () => {
    const [error] = read({
      "1_a.ts": `// switchback: expand, reversible\nexport const up = async (pgm: any) => { await pgm.db.query("SELECT 1"); };\nexport const down = () => {};\n`,
    }).errors;
    expect(error).toMatch(/1_a\.ts: expected a migration that renders to SQL, got: expected no query/);
  });
});

describe("the lineage of another tool", () => {
  const command = `command: {service: app, up: [alembic, upgrade, "{head}"], down: [alembic, downgrade, "{head}"], current: [alembic, current], heads: [alembic, heads]}`;

  it("is read from lineage.yaml", () => {
    const lineage = read({
      "lineage.yaml": `${command}\nmigrations:\n  - {id: ae10, kind: expand, down: reversible}\n  - {id: 5f, kind: contract, down: lossy, loses: [t.a]}\n`,
    });
    expect(lineage.errors).toEqual([]);
    expect(lineage.command).toMatchObject({ service: "app", base: "base" });
    expect(lineage.migrations.map(({ id, kind, loses }) => [id, kind, loses])).toEqual([
      ["ae10", "expand", []],
      ["5f", "contract", ["t.a"]],
    ]);
  });

  it("says what is wrong in it", () => {
    expect(
      read({
        "lineage.yaml": `${command}\nmigrations:\n  - {id: a, kind: expand, down: lossy}\n  - {id: a, kind: expand, down: reversible}\n`,
      }).errors,
    ).toEqual([
      "lineage.yaml: expected each revision once, got a twice",
      "lineage.yaml: a: expected `loses` to name what the lossy down drops, got none",
    ]);
    expect(read({ "lineage.yaml": "migrations: []" }).errors).toEqual([
      "lineage.yaml: command: expected object, got nothing",
    ]);
  });
});
