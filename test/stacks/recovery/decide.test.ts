import { describe, expect, it } from "vitest";
import type { Catalogue } from "../../../operations/generations/format.ts";
import type { DatabaseSetting } from "../database-setting.ts";
import { decided, goalOf, targetBackup } from "./decided.ts";
import { at, dead, facts, restored } from "./history.ts";

describe("a new target", () => {
  it("is taken up with a frozen goal, and its generation serves when the run is done", () => {
    const judged = decided({ config: { targetBackup } });
    expect(Object.values(judged.answers).filter((text) => !text.startsWith("yes"))).toEqual([]);
    const made = judged.catalogue.generations[1]!.name;
    expect(goalOf(judged)).toEqual({
      stack: "test",
      request: judged.catalogue.requests[0]!.hash,
      generation: made,
      container: `test-database-${made}`,
      backupVolume: "test-backups",
      database: "orders",
      source: { generation: "initial", container: "test-database-initial", timeline: 1, serves: true },
      material: { kind: "base", label: "20261120-010000F", stop: { kind: "name", name: targetBackup } },
      expected: { head: "2", point: targetBackup },
      during: "maintenance",
      verify: "gate",
      clone: true,
      smoke: ["select true"],
      drill: false,
    });
    expect(judged).toMatchObject({
      taken: true,
      moves: true,
      head: "2",
      promotion: {
        generation: made,
        container: `test-database-${made}`,
        kind: "recovery",
        request: judged.catalogue.requests[0]!.hash,
        others: ["test-database-initial"],
        leaving: { generation: "initial", container: "test-database-initial", maxCommits: null },
      },
      back: "level 3 goes back to initial, as long as it is kept: pulumi config set generation initial",
    });
    expect(judged.summary).toBe(
      `the data as it was at the restore point ${targetBackup} of ${at("03:00")}, in ${made}`,
    );
    expect(judged.lines).toEqual([
      "the window: 2026-11-20T01:00:01.000Z to now (initial)",
      "how long it takes is not known before the first run",
      "behind in initial stay 3 commits, 0 rolled back, 0 MB of WAL",
    ]);
  });

  it("that leads nowhere changes nothing", () => {
    const judged = decided({ config: { targetBackup: "x" } });
    expect(judged.answers.target).toMatch(/^no: expected targetBackup to be/);
    expect(judged).toMatchObject({
      taken: false,
      moves: false,
      promotion: { generation: "initial", kind: "first", leaving: null },
    });
  });

  it("is refused while `generation` is set", () => {
    const judged = decided({ config: { targetBackup, generation: "initial" } });
    expect(judged.answers).toEqual({ generation: expect.stringMatching(/^no: .*pulumi config rm generation$/) });
    expect(judged.taken).toBe(false);
  });

  it("needs an allowance only when the application is served meanwhile", () => {
    const serve = (allowDataLoss: object) =>
      decided({ config: { targetBackup, recovery: { during: "serve" }, allowDataLoss } });
    expect(decided({ config: { targetBackup, recovery: { during: "readonly" } } }).answers.allowance).toBeUndefined();
    expect(serve({}).answers.allowance).toMatch(/^no/);
    expect(serve({ initial: 10 })).toMatchObject({
      answers: { allowance: expect.stringMatching(/^yes/) },
      promotion: { leaving: { maxCommits: 10 } },
    });
  });

  it("is refused on another major version, and on texts that another collation has sorted", () => {
    expect(decided({ config: { targetBackup }, seen: { image: { value: "18" } } }).answers.version).toMatch(
      /^no: expected data of PostgreSQL 18/,
    );
    const { server } = facts();
    const changed = facts({
      server: { value: { ...("value" in server ? server.value : ({} as never)), collationsChanged: ["orders"] } },
    });
    expect(decided({ config: { targetBackup }, seen: { facts: changed } }).answers.version).toMatch(
      /^no: .*REINDEX DATABASE orders/,
    );
    expect(decided({ config: { targetBackup }, seen: { image: dead } }).answers.version).toMatch(/^unknown/);
  });

  it("may go on unaccepted in an outage, where nothing of it is unknown", () => {
    const outage = facts({ server: dead });
    const judged = decided({
      config: { targetBackup },
      setting: { head: undefined },
      seen: { facts: outage, behind: dead },
    });
    expect(Object.values(judged.answers).every((text) => text.startsWith("yes"))).toBe(true);
    expect(judged.lines.at(-1)).toMatch(/could not be counted/);
  });
});

describe("the schema that the data brings", () => {
  const to = (releases: DatabaseSetting["releases"], config: object = {}) =>
    decided({ config: { targetBackup, ...config }, setting: { releases, head: "4", running: releases } }).answers.head;

  it("must fit the active release, else what ran then is named: on the color that does not serve, when the other is frozen", () => {
    expect(to({ blue: "1.0.0", green: "1.1.0" })).toMatch(/^yes: 2, which 1.1.0 accepts/);
    expect(to({ blue: "1.1.0", green: "2.1.0" })).toBe(
      "no: expected a schema that 2.1.0 accepts (4 to 4), got 2; what ran then: pulumi config set --path colors.blue.releaseSet orders-1.1 && pulumi config set activeColor blue",
    );
    expect(to({ blue: "2.1.0", green: "2.1.0" })).toContain(
      "pulumi config set --path colors.blue.imageTag 1.1.0 && pulumi config set --path colors.blue.releaseSet orders-1.1 && pulumi config set activeColor blue",
    );
  });

  it("must be the one that schemaVersion names, where that is set", () => {
    expect(to({ blue: "1.0.0", green: "1.1.0" }, { schemaVersion: "3" })).toMatch(
      /^no: .*pulumi config rm schemaVersion$/,
    );
    expect(to({ blue: "1.0.0", green: "1.1.0" }, { schemaVersion: "2" })).toMatch(/^yes/);
  });

  it("is unknown when nobody recorded it", () => {
    const nobody = facts({ points: { value: [] }, dumps: { value: [] }, head: undefined });
    const judged = decided({ config: { targetTime: at("02:00") }, seen: { facts: nobody } });
    expect(judged.answers.head).toMatch(/^unknown/);
    expect(judged.head).toBeNull();
  });
});

describe("a request that was taken up", () => {
  const first = decided({ config: { targetBackup } });

  it("goes on with its material under another epoch, in the way that the config says now", () => {
    const config = { targetBackup, recovery: { during: "readonly", verify: "audit" } };
    const again = decided({ config, catalogue: first.catalogue });
    expect(again.answers.target).toMatch(/taken up at .*, and goes on in restored-/);
    expect(goalOf(again)).toEqual({ ...goalOf(first), during: "readonly", verify: "audit" });
    expect(again).toMatchObject({
      taken: true,
      moves: true,
      promotion: { kind: "recovery", leaving: { generation: "initial" } },
    });
  });

  it("is given up when its key goes", () => {
    const gone = decided({ catalogue: first.catalogue });
    expect(gone).toMatchObject({ taken: true, moves: false, summary: undefined, promotion: { generation: "initial" } });
    expect(gone.promotion.others).toEqual([first.promotion.container]);
    expect(gone.lines).toEqual([expect.stringMatching(/^the request for restored-.* is given up/)]);
  });

  it("is inert once it is done, and the promotion is told as it was", () => {
    const [request] = first.catalogue.requests;
    const { generation } = first.promotion;
    const done: Catalogue = {
      ...first.catalogue,
      generations: first.catalogue.generations.map((one) => ({ ...one, state: "ready" })),
      requests: [{ ...request!, state: "done" }],
      promotions: [{ ...restored().catalogue.promotions[0]!, generation }],
    };
    const inert = decided({ config: { targetBackup }, catalogue: done });
    expect(inert).toMatchObject({ conditions: [], taken: false, moves: false, summary: undefined });
    expect(inert.promotion).toEqual(first.promotion);
    expect(decided({ catalogue: done })).toMatchObject({ taken: false, moves: false });
  });
});
