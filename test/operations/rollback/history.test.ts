import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leftIn, lineOf, previousOf, type Served, servedIn } from "../../../operations/rollback/history.ts";

const at = (index: number) => new Date(index * 1000).toISOString();
const history = (...releases: string[]): Served[] =>
  releases.map((release, index) => ({ release, color: index % 2 === 0 ? "blue" : "green", at: at(index) }));
const tags = (served: readonly Served[]) => served.map(({ release }) => release);

describe("what served before", () => {
  it("is read from the journal's switches alone", () => {
    const lines = [
      { event: "switched", to: "green 1.1.0", at: at(1) },
      { event: "switching", to: "blue 1.0.0", at: at(2) },
      { event: "switched", to: "maintenance", at: at(3) },
      { event: "switched", to: "blue 1.0.0 with 10 % on green 1.1.0", at: at(4) },
    ];
    expect(servedIn(lines)).toEqual([
      { color: "green", release: "1.1.0", at: at(1) },
      { color: "blue", release: "1.0.0", at: at(4) },
    ]);
  });

  it("follows the line, not time: after going back from 3 to 2 it is 1, not 3", () => {
    const served = history("1", "2", "3", "2");
    expect(previousOf(served)?.release).toBe("1");
    expect([...leftIn(served)]).toEqual(["3"]);
  });

  it("is what was left once that is deployed again", () => {
    expect(previousOf(history("1", "2", "3", "2", "3"))?.release).toBe("2");
    expect(previousOf(history("1"))).toBeUndefined();
    expect(previousOf([])).toBeUndefined();
  });

  it("is not the same release in the other color", () => {
    expect(previousOf(history("1", "2", "2"))?.release).toBe("1");
  });

  it("goes back along random histories as a browser's back button does", () => {
    const step = fc.oneof({ weight: 2, arbitrary: fc.constant("deploy" as const) }, fc.nat(4));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const served: Served[] = [];
        let back: string[] = [];
        for (const [index, one] of steps.entries()) {
          // Deploy something new, or go back by some releases of the line.
          if (one === "deploy" || back.length === 0) back.push(`r${index}`);
          else back = back.slice(0, Math.max(1, back.length - one));
          served.push({ release: back.at(-1)!, color: index % 2 === 0 ? "blue" : "green", at: at(index) });
        }
        expect(tags(lineOf(served))).toEqual(back);
        expect(previousOf(served)?.release).toBe(back.at(-2));
        for (const release of back) expect(leftIn(served).has(release)).toBe(false);
      }),
    );
  });

  it("never repeats a release in the line, and ends with the one that serves", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("1", "2", "3", "4", "5"), { minLength: 1 }), (releases) => {
        const served = history(...releases);
        const line = tags(lineOf(served));
        expect(new Set(line).size).toBe(line.length);
        expect(line.at(-1)).toBe(releases.at(-1));
        // Going back and deploying again what was left leads to the same place.
        const before = previousOf(served)?.release;
        if (before) expect(tags(lineOf(history(...releases, before, releases.at(-1)!)))).toEqual(line);
      }),
    );
  });
});
