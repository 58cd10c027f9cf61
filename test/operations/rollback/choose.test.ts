import { describe, expect, it } from "vitest";
import { candidatesOf, previousRelease } from "../../../operations/rollback/candidates.ts";
import { choose, levelCheck } from "../../../operations/rollback/choose.ts";
import { commandsFor, editsFor, renderEdits, reversed } from "../../../operations/rollback/edits.ts";
import { facts } from "./facts.ts";

const told = (found: ReturnType<typeof facts>) =>
  candidatesOf(found).map(({ id, level, verdict, why }) => `${id} ${level} ${verdict}: ${why}`);

describe("where a rollback can go", () => {
  it("says the level, and what is lost on the way, along the line of what served", () => {
    expect(told(facts())).toEqual([
      "2.0.0 2 yes: schema 3 -> 2; loses orders.discount",
      "1.0.0 2 yes: schema 3 -> 2; loses orders.discount",
    ]);
    expect(previousRelease(facts())).toBe("2.0.0");
  });

  it("is level 1 where the other color is warm and the schema fits", () => {
    expect(told(facts({ head: "2", serving: { color: "green", release: "3.0.0", mode: "serve" } }))[0]).toBe(
      "2.0.0 1 yes: warm in blue",
    );
    const colors = { ...facts().colors, blue: { release: "2.0.0", containers: 2, running: 1 } };
    expect(told(facts({ head: "2", colors }))[0]).toBe("2.0.0 2 yes: 1 of 2 containers run");
  });

  it("is refused over an irreversible migration, without an image, and where a contract is not named", () => {
    expect(told(facts({ head: "4" }))[0]).toBe("2.0.0 3 no: 0004_x is irreversible: only data of before it");
    const releases = new Map(facts().releases).set("2.0.0", {
      ...facts().releases.get("2.0.0")!,
      problems: ["the image orders:2.0.0 is not here as recorded"],
    });
    expect(told(facts({ releases }))[0]).toBe("2.0.0 null no: the image orders:2.0.0 is not here as recorded");
    expect(choose({ to: "4.0.0", level: undefined }, facts())).toMatchObject({
      verdict: "no",
      why: "schemaVersion has to name the contract 0004_x",
    });
  });

  it("is unknown where the router says nothing, never guessed", () => {
    const found = candidatesOf(facts({ serving: undefined }));
    expect(found.map(({ verdict }) => verdict)).toEqual(["unknown", "unknown", "unknown"]);
  });

  it("is the warm color where nothing served before, and not one that was gone back from", () => {
    const one = [{ color: "green", release: "3.0.0", at: facts().now }] as const;
    expect(previousRelease(facts({ served: one }))).toBe("2.0.0");
    const back = [
      ...one,
      { color: "blue", release: "2.0.0", at: facts().now },
      { color: "green", release: "3.0.0", at: facts().now },
    ] as const;
    expect(previousRelease(facts({ served: back }))).toBeUndefined();
  });

  it("is not taken for the warm color where the journal could not be read: that may be what was gone back from", () => {
    const unread = facts({ served: undefined, unknown: ["journal: no answer within 2 s"] });
    expect(previousRelease(unread)).toBeUndefined();
    expect(() => choose({ to: "previous", level: undefined }, unread)).toThrow(
      "expected something that served before 3.0.0 in its line, got no answer (journal: no answer within 2 s); choose one: switchback rollback --list",
    );
    expect(choose({ to: "2.0.0", level: undefined }, unread)).toMatchObject({ id: "2.0.0", previous: false });
  });
});

describe("a choice", () => {
  it("takes previous, a release, and a tag; and names what there is otherwise", () => {
    const golden = {
      name: "golden",
      release: "1.0.0",
      at: facts().now,
      point: null,
      head: "1",
      actor: "ann",
      reason: "",
    };
    const found = facts({ golden: [golden] });
    expect(choose({ to: "previous", level: undefined }, found).id).toBe("2.0.0");
    expect(choose({ to: "golden", level: 2 }, found).aim).toEqual({ release: "1.0.0", data: undefined });
    expect(choose({ to: "golden", level: 3 }, found)).toMatchObject({
      verdict: "no",
      why: expect.stringContaining("expected a base of initial that ended before"),
    });
    expect(() => choose({ to: "0.9", level: undefined }, found)).toThrow("(2.0.0, 1.0.0, golden), got 0.9");
  });

  it("is refused when it takes more than the level that is allowed", () => {
    const found = choose({ to: "previous", level: 1 }, facts());
    expect(levelCheck(found, 1)).toMatchObject({
      answer: "no",
      detail:
        "expected level 1 at most, got level 2 (schema 3 -> 2; loses orders.discount); if that is meant: --level 2",
    });
    expect(levelCheck(found, 2).answer).toBe("yes");
    expect(levelCheck(found, undefined).answer).toBe("yes");
  });
});

describe("the config of a rollback", () => {
  const aim = { release: "1.0.0", data: undefined };

  it("is the other color with the release, as a diff", () => {
    expect(renderEdits(editsFor(aim, facts()))).toEqual([
      "- colors.blue.imageTag: 2.0.0",
      "+ colors.blue.imageTag: 1.0.0",
      "- activeColor: green",
      "+ activeColor: blue",
    ]);
  });

  it("takes away what would hold it back: a canary, a set of the former release, a head that does not fit", () => {
    const config = {
      router: { port: 8080, canary: { percent: 10 } },
      colors: { blue: { imageTag: "2.0.0", releaseSet: "orders" }, green: { imageTag: "3.0.0" } },
      schemaVersion: "3",
    };
    expect(editsFor(aim, facts({}, config)).map(({ key, to }) => [key, to])).toEqual([
      ["colors.blue.imageTag", "1.0.0"],
      ["colors.blue.releaseSet", undefined],
      ["activeColor", "blue"],
      ["schemaVersion", undefined],
      ["router.canary.percent", 0],
    ]);
  });

  it("names data once: other targets and a set generation go", () => {
    const data = { kind: "backup", name: "safety-1" } as const;
    const database = {
      database: { name: "orders", secret: "database" },
      secrets: { database: "as long as it has to be" },
    };
    const found = facts({}, { ...database, targetTime: "2026-11-21T10:00:00Z", generation: "initial" });
    expect(editsFor({ release: undefined, data }, found).map(({ key, to }) => [key, to])).toEqual([
      ["targetBackup", "safety-1"],
      ["targetTime", undefined],
      ["generation", undefined],
    ]);
  });

  it("is taken back by its reverse, and can be typed as commands", () => {
    const edits = editsFor(aim, facts());
    expect(reversed(reversed(edits))).toEqual(edits);
    expect(commandsFor(reversed(edits), "test")).toEqual([
      "switchback config set activeColor green --stack test",
      "switchback config set --path 'colors.blue.imageTag' 2.0.0 --stack test",
    ]);
  });
});
