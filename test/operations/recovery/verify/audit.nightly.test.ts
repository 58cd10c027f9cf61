import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../../operations/backup/catalogue.ts";
import { updateCatalogue } from "../../../../operations/generations/catalogue.ts";
import { auditGeneration } from "../../../../operations/recovery/verify/by-hand.ts";
import { type AuditRecord, passed, readAudits } from "../../../../operations/recovery/verify/record.ts";
import { docker } from "../../database/rig.ts";
import type { Asked } from "../rig.ts";
import { createRig, type Rig } from "../rig.ts";
import { flipBit } from "./volume.ts";

let rig: Rig;
let kept: Asked;
let point: string;
beforeAll(async () => {
  rig = await createRig();
  await rig.sql(`
    create table orders (id int primary key, item text not null, words tsvector, filler text default repeat('x', 500));
    create index orders_words on orders using gin (words);
    create table notes (id int primary key, text text);
    alter table notes alter text set storage external;
    create table uncounted as select generate_series(1, 1000000) as n;
    insert into orders select n, 'item ' || n, to_tsvector('simple', 'word' || n) from generate_series(1, 5000) n;
    insert into notes select n, repeat(md5(n::text), 200) from generate_series(1, 100) n`);
  point = (await rig.backup({ countSeconds: 0.3 })).name;
  kept = await rig.restore({
    material: await rig.base({ kind: "name", name: point }),
    expected: { head: "", point },
    drill: true,
  });
  await stop();
});
afterAll(() => rig?.remove());

const stop = () => docker.getContainer(kept.container).stop();
const running = async () => (await docker.getContainer(kept.container).inspect()).State.Running;
/** null: the one that serves. */
const audit = (generation: string | null = kept.generation): Promise<AuditRecord> =>
  auditGeneration({
    docker,
    stack: rig.stack,
    database: "app",
    generation: generation ?? undefined,
    reason: "a test",
    actor: "test",
    journal: async (entry) => rig.journal.push(entry),
    log: () => {},
  });
const answers = ({ checks }: AuditRecord) => Object.fromEntries(checks.map(({ name, answer }) => [name, answer]));
const tables = ({ findings }: AuditRecord) => [...new Set(findings.map(({ table }) => table))].sort();
/** Runs SQL in the kept generation, which stands still before and afterwards. */
async function change(...statements: string[]): Promise<Record<string, unknown>[]> {
  await docker.getContainer(kept.container).start();
  await expect.poll(() => rig.query(kept.container, "select 1"), { timeout: 30_000 }).toHaveLength(1);
  let rows: Record<string, unknown>[] = [];
  for (const statement of statements) rows = await rig.query(kept.container, statement);
  await stop();
  return rows;
}

it("was audited when it was made, as a drill is, and finds the same again while it stands still", async () => {
  const [first] = await readAudits(docker, rig.stack);
  expect(first).toMatchObject({ generation: kept.generation, point });
  const record = await audit();
  expect(answers(record)).toEqual({
    "structure (amcheck)": "yes",
    "page checksums": "yes",
    rows: "yes",
    schema: "yes",
  });
  expect(record.checks.find(({ name }) => name === "rows")?.detail).toContain("not counted at");
  expect(record.bytes).toBeGreaterThan(10e6);
  expect(await readAudits(docker, rig.stack)).toEqual([record]);
  expect(rig.journal.at(-1)).toMatchObject({ event: "audited", generation: kept.generation, point, tables: [] });
  expect(await running()).toBe(false);
});

it("audits the generation that serves, beside its traffic, with no point to compare it with", async () => {
  const record = await audit(null);
  expect(record).toMatchObject({ generation: "initial", point: null });
  expect(answers(record)).toMatchObject({ "structure (amcheck)": "yes", "page checksums": "yes", rows: "unknown" });
  expect(passed(record)).toBe(true);
});

it("names each table whose rows are not those of the backup point, and how", async () => {
  await change(
    "delete from notes where id <= 3",
    "update orders set item = 'other' where id = 7",
    "create table added as select 1 as n",
  );
  const record = await audit();
  expect(record.findings).toEqual([
    { table: "public.notes", detail: "3 rows missing, 97 for 100" },
    { table: "public.orders", detail: "changed content, in 5000 rows" },
    { table: "public.added", detail: "a table that was not there, with 1 row" },
  ]);
  expect(answers(record)).toMatchObject({
    "structure (amcheck)": "yes",
    "page checksums": "yes",
    rows: "no",
    schema: "no",
  });
  expect(passed(record)).toBe(false);
});

it("takes a difference for a write once the generation has served", async () => {
  const at = new Date().toISOString();
  const start = { lsn: "0/1", heartbeat: 1 };
  const served = { at, generation: kept.generation, from: "initial", kind: "recovery" as const, end: null, start };
  const back = { ...served, generation: "initial", from: kept.generation, kind: "undo" as const };
  await updateCatalogue(docker, rig.stack, (catalogue) => ({
    ...catalogue,
    promotions: [served, back].map((promotion) => ({ ...promotion, actor: "test", reason: "" })),
  }));
  await change("delete from notes where id = 50", "create table if not exists added as select 1 as n");
  expect(answers(await audit())).toMatchObject({ rows: "unknown", schema: "unknown" });
});

it("finds a row that an index does not have", async () => {
  const index = "'notes_pkey'::regclass";
  await change(
    `update pg_index set indisready = false, indislive = false where indexrelid = ${index}`,
    "insert into notes values (1000, 'unseen')",
    `update pg_index set indisready = true, indislive = true where indexrelid = ${index}`,
  );
  const record = await audit();
  expect(answers(record)).toMatchObject({ "structure (amcheck)": "no", "page checksums": "yes" });
  expect(tables(record)).toEqual(["public.notes"]);
  expect(record.findings[0]?.detail).toContain("lacks matching index tuple");
});

it("finds a bit that flipped in a page of an index that only its checksum tells of", async () => {
  const [file] = await change("checkpoint", "select pg_relation_filepath('orders_words') as path");
  await flipBit(rig.stack, kept.container, file!.path as string, 8192 + 4000);
  const record = await audit();
  expect(answers(record)["page checksums"]).toBe("no");
  expect(record.findings.filter(({ detail }) => detail.includes("calculated"))).toEqual([
    {
      table: "public.orders",
      detail: expect.stringMatching(/^\.\/base\/\d+\/\d+, block 1: calculated \S+ but expected \S+$/),
    },
  ]);
});

it("finds a bit that flipped in a page of a table and in one of its long values, and reads everything else", async () => {
  const [files] = await change(
    "checkpoint",
    `select pg_relation_filepath('orders') as orders,
       pg_relation_filepath((select reltoastrelid from pg_class where relname = 'notes')) as notes`,
  );
  await flipBit(rig.stack, kept.container, files!.orders as string, 3 * 8192 + 5000);
  await flipBit(rig.stack, kept.container, files!.notes as string, 8192 + 6000);
  const record = await audit();
  expect(answers(record)).toMatchObject({ "structure (amcheck)": "no", "page checksums": "no", rows: "no" });
  expect(tables(record)).toEqual(["public.notes", "public.orders"]);
  expect(record.findings.map(({ detail }) => detail).join("\n")).toContain("invalid page in block 3 of relation base/");
  expect(rig.journal.at(-1)).toMatchObject({ event: "audited", tables: ["public.notes", "public.orders"] });
  expect((await readPoints(docker, rig.stack)).length).toBe(1);
});

it("refuses a generation that is not there, or whose container is not", async () => {
  await expect(audit("nowhere")).rejects.toThrow(
    `expected a generation of this stack (initial, ${kept.generation}), got nowhere`,
  );
  await docker.getContainer(kept.container).remove();
  await expect(audit()).rejects.toThrow("expected the container");
});
