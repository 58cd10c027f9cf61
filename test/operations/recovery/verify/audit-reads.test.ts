import { describe, expect, it } from "vitest";
import { type Catalogue, firstCatalogue } from "../../../../operations/generations/format.ts";
import { originOf } from "../../../../operations/recovery/verify/by-hand.ts";
import { parseBroken } from "../../../../operations/recovery/verify/pages.ts";
import { describeAudit } from "../../../../operations/recovery/verify/record.ts";
import { parseFile } from "../../../../operations/recovery/verify/relations.ts";
import { compare, judgeRows } from "../../../../operations/recovery/verify/rows.ts";
import { parseAmcheck } from "../../../../operations/recovery/verify/structure.ts";
import { goalOf } from "./found.ts";

const table = (name: string, rows: number | null, hash: string | null = "1") => ({
  table: `public.${name}`,
  rows,
  hash,
});

describe("rows against a backup point", () => {
  const point = { name: "safety-1", contents: [table("items", 10), table("notes", 3), table("orders", 7)] };
  const read = (...contents: ReturnType<typeof table>[]) => ({ contents, unreadable: [] });

  it("tells missing rows, extra rows, changed content, missing and added tables apart", () => {
    const { differences } = compare(
      [table("a", 5), table("b", 5), table("c", 5), table("d", 5), table("same", 5)],
      [table("a", 3), table("b", 6), table("c", 5, "2"), table("e", 1), table("same", 5)],
    );
    expect(differences).toEqual([
      { table: "public.a", detail: "2 rows missing, 3 for 5" },
      { table: "public.b", detail: "1 row extra, 6 for 5" },
      { table: "public.c", detail: "changed content, in 5 rows" },
      { table: "public.d", detail: "the table is missing, with 5 rows" },
      { table: "public.e", detail: "a table that was not there, with 1 row" },
    ]);
  });

  it("passes what is equal, and names what was not counted at the point", () => {
    expect(judgeRows(read(...point.contents), point, true).check).toEqual({
      name: "rows",
      answer: "yes",
      detail: "20 rows in 3 tables read; as at safety-1",
    });
    const half = { name: "safety-1", contents: [table("items", null, null), table("notes", 3)] };
    const { check } = judgeRows(read(table("items", 10), table("notes", 3)), half, true);
    expect(check).toMatchObject({
      answer: "yes",
      detail: expect.stringContaining("not counted at safety-1: public.items"),
    });
    const none = { name: "safety-1", contents: [table("items", null, null)] };
    expect(judgeRows(read(table("items", 10)), none, true).check.answer).toBe("unknown");
  });

  it("refuses a difference in data that nobody has written to, and says of data that served that it may be a write", () => {
    const changed = read(table("items", 10), table("notes", 3, "2"), table("orders", 7));
    const { check, findings } = judgeRows(changed, point, true);
    expect(check.detail).toBe("expected those of safety-1, got public.notes: changed content, in 3 rows");
    expect(findings).toEqual([{ table: "public.notes", detail: "changed content, in 3 rows" }]);
    expect(judgeRows(changed, point, false)).toMatchObject({ check: { answer: "unknown" }, findings: [] });
  });

  it("refuses what cannot be read whether there is a point or not", () => {
    const unreadable = [{ table: "public.orders", detail: "invalid page in block 0" }];
    const result = judgeRows({ contents: [], unreadable }, null, false);
    expect(result).toEqual({
      check: { name: "rows", answer: "no", detail: "expected every row to be read, got errors in public.orders" },
      findings: unreadable,
    });
    expect(judgeRows(read(), null, true).check.answer).toBe("unknown");
  });
});

it("reads what pg_amcheck prints, relation by relation", () => {
  const text = `heap table "app.public.orders", block 0, offset 3, attribute 2:
    toast value 16401 missing
btree index "app.public.orders_pkey":
    ERROR:  item order invariant violated for index "orders_pkey"
    DETAIL:  Lower index tid=(1,2)
heap table "app.public.with "quotes"":
    ERROR:  invalid page in block 0 of relation base/16384/16389
`;
  expect(parseAmcheck("app", text)).toEqual([
    {
      table: "public.orders",
      detail: "heap table app.public.orders, block 0, offset 3, attribute 2: toast value 16401 missing",
    },
    {
      table: "public.orders_pkey",
      detail:
        'btree index app.public.orders_pkey: ERROR:  item order invariant violated for index "orders_pkey" DETAIL:  Lower index tid=(1,2)',
    },
    {
      table: 'public.with "quotes"',
      detail: 'heap table app.public.with "quotes": ERROR:  invalid page in block 0 of relation base/16384/16389',
    },
  ]);
  expect(parseAmcheck("app", "")).toEqual([]);
});

it("reads which pages of which files are broken", () => {
  const stderr = `WARNING:  checksum verification failed in file "./base/16384/16389", block 0: calculated 1C70 but expected 4A6B
WARNING:  file "./base/16384/16389" has a total of 1 checksum verification failure
pg_basebackup: error: checksum error occurred`;
  expect(parseBroken(stderr)).toEqual([
    { file: "./base/16384/16389", detail: "./base/16384/16389, block 0: calculated 1C70 but expected 4A6B" },
  ]);
  expect(parseBroken("pg_basebackup: error: connection failed")).toEqual([]);
});

it("knows which relation a file belongs to", () => {
  expect(parseFile("./base/16384/16389")).toEqual({ database: 16384, filenode: 16389 });
  expect(parseFile("./base/5/1259_vm.2")).toEqual({ database: 5, filenode: 1259 });
  expect(parseFile("./pg_tblspc/16500/PG_17_202406281/16384/16389_fsm")).toEqual({ database: 16384, filenode: 16389 });
  expect(parseFile("./global/1262")).toEqual({ database: 0, filenode: 1262 });
  expect(parseFile("./global/pg_control")).toBeUndefined();
});

describe("what an audit compares with", () => {
  const made = { name: "restored-aaaaaaaa", index: 1, state: "ready" as const, request: "h" };
  const rest = { bornAt: "2026-11-21T10:00:00Z", source: null, timeline: 2, systemIdentifier: null, keepUntil: null };
  const first = firstCatalogue("2026-11-21T09:00:00Z");
  const at = "2026-11-21T10:00:00Z";
  const catalogue: Catalogue = {
    ...first,
    generations: [...first.generations, { ...made, ...rest }],
    requests: [
      {
        ...{ hash: "h", target: { kind: "backup", name: "safety-1" }, drill: false, recoveryId: "", at, state: "done" },
        ...{ generation: made.name, goal: JSON.stringify(goalOf()), epoch: "e", actor: "a", reason: "" },
      },
    ],
  };

  it("is the point of the request, exactly while it has not served", () => {
    expect(originOf(catalogue, "restored-aaaaaaaa")).toEqual({ point: "safety-1", untouched: true });
    const start = { lsn: "0/1", heartbeat: 1 };
    const promotion = { at, generation: made.name, from: "initial", kind: "recovery" as const, end: null, start };
    const served = { ...catalogue, promotions: [{ ...promotion, actor: "a", reason: "" }] };
    expect(originOf(served, "restored-aaaaaaaa").untouched).toBe(false);
    expect(originOf(catalogue, "initial")).toEqual({ point: null, untouched: false });
  });

  it("names the generations there are when another one is meant", () => {
    expect(() => originOf(catalogue, "restored-b")).toThrow(
      "expected a generation of this stack (initial, restored-aaaaaaaa), got restored-b",
    );
  });
});

it("tells an audit in one line", () => {
  const at = "2026-11-21T10:00:00Z";
  const bad = { name: "rows", answer: "no" as const, detail: "expected a, got b" };
  const open = { name: "schema", answer: "unknown" as const, detail: "" };
  expect(describeAudit({ generation: "initial", at, checks: [open] })).toBe(
    `initial at ${at}: nothing wrong; unknown: schema`,
  );
  expect(describeAudit({ generation: "initial", at, checks: [bad] })).toBe(`initial at ${at}: rows: expected a, got b`);
});
