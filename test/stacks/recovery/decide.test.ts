import { describe, expect, it } from "vitest";
import { type Catalogue, firstCatalogue } from "../../../operations/generations/format.ts";
import type { RestoreGoal } from "../../../operations/recovery/goal.ts";
import { decideRecovery } from "../../../stacks/recovery/decide.ts";
import { askedRecovery, findRequest } from "../../../stacks/recovery/request.ts";
import { resolveTarget } from "../../../stacks/recovery/resolve.ts";
import type { Seen } from "../../../stacks/recovery/seen.ts";
import { wantedSwitch } from "../../../stacks/recovery/wanted.ts";
import { type DatabaseSetting, databaseSetting } from "../database-setting.ts";
import { at, dead, facts, restored, segments } from "./history.ts";

const setting: DatabaseSetting = { active: "green", releases: { blue: "1.0.0", green: "1.1.0" }, head: "2" };
const targetBackup = "safety-20261120T030000Z-a1";
const room = { device: "a", free: 1e12 };
const commits = (count: number): Seen["behind"] => ({
  value: { commits: count, exact: true, aborts: 0, walBytes: 0, tables: [], lastCommitAt: null, upTo: "0/0" },
});

interface Case {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly setting?: Partial<DatabaseSetting>;
  readonly seen?: Partial<Seen>;
  readonly catalogue?: Catalogue;
}

function decided({ config = {}, setting: changed, seen, catalogue = firstCatalogue(at("00:00")) }: Case) {
  const { plan, live } = databaseSetting({ ...setting, ...changed, config });
  const request = findRequest(askedRecovery(plan.config), catalogue);
  const wanted = wantedSwitch(plan.config.generation, catalogue, request.state);
  const found = seen?.facts ?? facts({ catalogue });
  const { state } = request;
  const all: Seen = {
    facts: found,
    restores: { value: [] },
    resolved: state.kind === "new" ? resolveTarget(state.asked.target, found) : undefined,
    segments: { value: segments(1, 3, 14, "01:00") },
    disks: { value: { data: room, backups: room } },
    basePoints: { value: [] },
    image: { value: "17" },
    behind: commits(3),
    ...seen,
  };
  const needed = wanted.restores || wanted.undo !== undefined;
  const given = {
    plan,
    live,
    catalogue,
    smoke: ["select true"],
    actor: "me",
    reason: "why",
    epoch: "e",
    at: at("12:00"),
  };
  const judged = decideRecovery({ ...given, request, wanted, seen: needed ? all : undefined });
  const answers = Object.fromEntries(
    judged.conditions.map(({ name, answer, detail }) => [name, `${answer}: ${detail}`]),
  );
  return { ...judged, answers };
}

const goalOf = ({ catalogue }: ReturnType<typeof decided>): RestoreGoal => JSON.parse(catalogue.requests.at(-1)!.goal);

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

it("lets a drill make and read everything, and switch nothing", () => {
  const drill = decided({
    config: { targetBackup, drill: "true", recovery: { during: "readonly" } },
    setting: { head: "4", releases: { blue: "2.1.0", green: "2.1.0" } },
  });
  expect(Object.values(drill.answers).every((text) => text.startsWith("yes"))).toBe(true);
  expect(goalOf(drill)).toMatchObject({ drill: true, during: "serve", verify: "audit" });
  expect(drill).toMatchObject({
    taken: true,
    moves: false,
    head: undefined,
    back: undefined,
    promotion: { generation: "initial", kind: "first" },
  });
  expect(drill.promotion.others).toEqual([goalOf(drill).container]);
  expect(drill.summary).toMatch(/^a drill: .*nothing switches$/);
});

it("lets a drill run beside `generation`, which it does not touch", () => {
  const drill = decided({ config: { targetBackup, drill: "true", generation: "initial" } });
  expect(drill).toMatchObject({ taken: true, moves: false, promotion: { generation: "initial" } });
});

describe("an undo", () => {
  const { catalogue } = restored();
  const undo = (config: object, seen: Partial<Seen> = {}, changed: Partial<DatabaseSetting> = {}) =>
    decided({
      config: { generation: "initial", ...config },
      seen: { facts: restored(), ...seen },
      setting: changed,
      catalogue,
    });

  it("lets a kept generation serve again, when what stays behind is allowed", () => {
    expect(undo({}).answers.allowance).toMatch(/^no: .*pulumi config set --path allowDataLoss.restored-a 3$/);
    expect(undo({}, { behind: commits(0) }).answers.allowance).toMatch(/^yes/);
    const allowed = undo({ allowDataLoss: { "restored-a": 3 } });
    expect(Object.values(allowed.answers).every((text) => text.startsWith("yes"))).toBe(true);
    expect(allowed).toMatchObject({
      taken: false,
      moves: true,
      head: "2",
      promotion: {
        generation: "initial",
        kind: "undo",
        request: null,
        leaving: { generation: "restored-a", maxCommits: 3 },
        others: ["test-database-restored-a"],
      },
    });
  });

  it("of a dead generation is counted no more when the config accepts that", () => {
    const config = { allowDataLoss: { "restored-a": 3 } };
    expect(undo(config, { behind: dead })).toMatchObject({
      answers: { allowance: expect.stringMatching(/^unknown/) },
      promotion: { leaving: { maxCommits: 3 } },
    });
    expect(undo({ ...config, accept: ["allowance"] }, { behind: dead }).promotion.leaving?.maxCommits).toBeNull();
  });

  it("moves nothing when that generation serves, and is refused when it is not kept or never served", () => {
    expect(undo({ generation: "restored-a" })).toMatchObject({ conditions: [], moves: false });
    expect(undo({ generation: "other" }).answers.generation).toMatch(
      /^no: expected one that is kept \(initial, restored-a\), got other/,
    );
    const states = (state: "making" | "abandoned" | "drill") => ({
      ...catalogue,
      generations: catalogue.generations.map((one) => (one.name === "initial" ? { ...one, state } : one)),
    });
    for (const state of ["making", "abandoned", "drill"] as const)
      expect(decided({ config: { generation: "initial" }, catalogue: states(state) }).answers.generation).toMatch(
        /^no: expected one that has served \(restored-a\), got initial/,
      );
  });
});
