import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJournal } from "../../../operations/journal/line.ts";
import { firstDifference, parseHead, verifyJournal } from "../../../operations/journal/verify.ts";
import { chain } from "./chain.ts";

const text = chain(
  Array.from({ length: 12 }, (_, index) => ({
    event: index % 2 ? "switched" : "switching",
    operation: "router",
    from: "green 1.1.0",
    to: "blue 1.0.0",
    reason: `it's "${index}" \\ é`,
  })),
);
const lines = text.trimEnd().split("\n");
const last = parseJournal(text).at(-1)!.line!;
const head = parseHead(`${last.seq} ${last.hash}\n`)!;
const joined = (kept: readonly string[]) => kept.map((line) => `${line}\n`).join("");

const place = fc.nat(lines.length - 1);
const character = fc.nat(text.length - 1);
const edit = fc
  .tuple(character, fc.constantFrom(...'0a}{" \n,Zé'))
  .map(([at, by]) => text.slice(0, at) + by + text.slice(at + 1));
const insertion = fc
  .tuple(character, fc.constantFrom(...'0a}{" \n,Zé'))
  .map(([at, added]) => text.slice(0, at) + added + text.slice(at));
const cut = fc
  .tuple(character, fc.integer({ min: 1, max: 400 }))
  .map(([at, n]) => text.slice(0, at) + text.slice(at + n));
const deletion = fc
  .uniqueArray(place, { minLength: 1 })
  .map((gone) => joined(lines.filter((_, at) => !gone.includes(at))));
const swap = fc
  .tuple(place, place)
  .map(([a, b]) => joined(lines.map((line, at) => lines[at === a ? b : at === b ? a : at] ?? line)));
const shuffle = fc.shuffledSubarray(lines, { minLength: lines.length }).map(joined);
const repeat = fc.tuple(place, place).map(([from, to]) => joined(lines.toSpliced(to, 0, lines[from]!)));

describe("a journal that was tampered with", () => {
  it("is found in 1,000 random edits, insertions, deletions, reorders and repeats", () => {
    const tampered = fc.oneof(edit, insertion, cut, deletion, swap, shuffle, repeat).filter((other) => other !== text);
    fc.assert(
      fc.property(tampered, (other) => verifyJournal(other, head).length > 0),
      { numRuns: 1000 },
    );
  });

  it("has its first bad line named", () => {
    fc.assert(
      fc.property(place, (at) => {
        const [first] = verifyJournal(joined(lines.with(at, lines[at]!.replace("green 1.1.0", "green 1.1.1"))), head);
        expect(first).toMatch(new RegExp(`^line ${at + 1}: changed`));
      }),
    );
    expect(verifyJournal(joined(lines.slice(0, 9)), head)).toEqual([
      "line 10: missing, expected the journal to go on to number 12, got 9",
    ]);
    expect(verifyJournal(joined(lines.toSpliced(4, 1)), head)[0]).toMatch(
      /^line 5: expected the line before to have hash/,
    );
  });
});

describe("a whole journal", () => {
  it("has no problems, with its head or without, and when the append of its last line died before the head", () => {
    expect(verifyJournal(text, head)).toEqual([]);
    expect(verifyJournal(text)).toEqual([]);
    expect(verifyJournal("", undefined)).toEqual([]);
    const before = parseJournal(text).at(-2)!.line!;
    expect(verifyJournal(text, before)).toEqual([]);
    expect(verifyJournal(text, parseJournal(text).at(-3)!.line!)).toHaveLength(1);
  });

  it("differs from a mirror only where that does not lie behind it", () => {
    expect(firstDifference(text, joined(lines.slice(0, 4)))).toBeUndefined();
    expect(firstDifference(text, text)).toBeUndefined();
    expect(firstDifference(joined(lines.slice(0, 4)), text)).toBe(5);
    expect(firstDifference(text, joined(lines.with(2, "x")))).toBe(3);
  });
});
