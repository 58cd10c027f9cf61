import { describe, expect, it } from "vitest";
import type { SavedFiles } from "../../../operations/backup/point.ts";
import type { Catalogue } from "../../../operations/generations/format.ts";
import { chooseFiles, keptFilesCondition } from "../../../stacks/recovery/files.ts";
import { type FileCopy, parseCopies } from "../../../stacks/recovery/probe-files.ts";
import type { Resolution } from "../../../stacks/recovery/resolution.ts";
import { at, facts, generation, point, promotion } from "./history.ts";

const uploads = { service: "orders", volume: "uploads", name: "test-orders-uploads" };
const thumbs = { service: "orders", volume: "thumbs", name: "test-orders-thumbs" };
const copy = (snapshot: string, time: string, changes: Partial<FileCopy> = {}): FileCopy => ({
  ...{ service: "orders", volume: "uploads", snapshot, at: at(time), files: 2, bytes: 7 },
  ...changes,
});
const savedAs = ({ service, volume, snapshot, at, files, bytes }: FileCopy): SavedFiles => ({
  ...{ service, volume, snapshot, at, files, bytes, added: 1, consistent: true },
});

const early = copy("s1", "02:00");
const own = copy("s2", "03:00:02");
const late = copy("s3", "06:00");
const named = "safety-20261120T030000Z-a1";
const points = { value: [point(named, { files: [savedAs(own)] })] };

interface Case {
  readonly time?: string;
  readonly lsn?: string;
  /** Backup point that is the target. */
  readonly target?: string;
  readonly source?: string;
  readonly catalogue?: Catalogue;
  readonly copies?: readonly FileCopy[] | { readonly unknown: string };
  readonly volumes?: readonly (typeof uploads)[];
}

function chosen({ time = "04:00", lsn, target, source = "initial", catalogue, copies, volumes = [uploads] }: Case) {
  const found = copies ?? [early, own, late];
  const { files, condition } = chooseFiles({
    stack: "test",
    volumes,
    generation: "restored-9",
    facts: facts({ points, ...(catalogue && { catalogue }) }),
    resolution: {
      source: { generation: source, timeline: 1 },
      expected: { head: null, point: target ?? null },
      moment: { time: Date.parse(at(time)), lsn },
    } as Resolution,
    copies: "unknown" in found ? found : { value: found },
  });
  return {
    files,
    snapshots: files.map(({ snapshot }) => snapshot),
    told: `${condition?.answer}: ${condition?.detail}`,
  };
}

describe("the files that belong to a target", () => {
  it("are a backup point's own, into a volume of the generation", () => {
    const { files, told } = chosen({ target: named, time: "03:00" });
    expect(files).toEqual([{ ...own, point: named, name: "test-orders-uploads-restored-9" }]);
    expect(told).toBe(`yes: files of orders/uploads as of ${at("03:00:02")}, saved with ${named}`);
  });

  it("are the last that were saved at or before a time, which says how old they are", () => {
    expect(chosen({ time: "03:00:14" }).told).toBe(
      `yes: files of orders/uploads as of ${at("03:00:02")}, 12 s before the target (${named})`,
    );
    expect(chosen({ time: "03:00:02" }).snapshots).toEqual(["s2"]);
    expect(chosen({ time: "03:00:01" }).snapshots).toEqual(["s1"]);
    expect(chosen({ time: "09:00" }).told).toMatch(/06:00:00.000Z, 3 h before the target \(saved by schedule\)$/);
  });

  it("are those of a point for a position after it, although they were saved a moment later", () => {
    expect(chosen({ time: "03:00", lsn: "0/5000028" }).snapshots).toEqual(["s2"]);
    expect(chosen({ time: "03:00", lsn: "0/5000000" }).snapshots).toEqual(["s1"]);
  });

  it("are not there before the first copy, of a new volume, or when their copy has expired: that has to be accepted", () => {
    const none =
      "unknown: no copy of the files of orders/uploads at or before the target is there; accepted, restored-9 goes on with the files of initial as they are";
    expect(chosen({ time: "01:30" }).told).toBe(none);
    expect(chosen({ target: named, copies: [early, late] })).toMatchObject({ told: none, files: [] });
    expect(chosen({ volumes: [uploads, thumbs] })).toMatchObject({
      snapshots: ["s2"],
      told: expect.stringMatching(
        /^unknown: .* orders\/thumbs .*; the others come back: files of orders\/uploads as of/,
      ),
    });
  });

  it("stay where nobody can list the copies, which has to be accepted too", () => {
    const { told, files } = chosen({ copies: { unknown: "it does not run" } });
    expect([told.slice(0, 60), files]).toEqual(["unknown: the copies of files could not be listed (it does no", []]);
    expect(told).toContain("docker start test-scheduler");
  });

  it("are no condition of a stack that saves none", () => {
    expect(chosen({ volumes: [] }).told).toBe("undefined: undefined");
  });
});

describe("after a recovery at 05:00, the files of a target", () => {
  const name = "test-orders-uploads-restored-1";
  const restored: Catalogue = {
    ...facts().catalogue,
    generations: [
      { ...facts().catalogue.generations[0]!, files: [uploads] },
      generation("restored-1", 2, { files: [{ ...uploads, name }], request: "h" }),
    ],
    promotions: [promotion("05:00", "restored-1", "initial")],
    requests: [
      {
        ...{ hash: "h", target: { kind: "time", at: at("03:30") }, drill: false, recoveryId: "", at: at("04:50") },
        ...{ state: "done", generation: "restored-1", epoch: "e", actor: "", reason: "" },
        goal: JSON.stringify({ files: [{ ...own, name, point: named }] }),
      },
    ],
  };

  it("are those that its own volume had: saved while it served, or the ones it began with", () => {
    const of = (time: string) => chosen({ time, source: "restored-1", catalogue: restored }).snapshots;
    expect([of("05:30"), of("07:00")]).toEqual([["s2"], ["s3"]]);
  });

  it("are never those of another generation's volume", () => {
    expect(chosen({ time: "09:00", catalogue: restored }).snapshots).toEqual(["s2"]);
  });

  it("are those from before it too, where it went on with the same volume", () => {
    const [first, second] = restored.generations;
    const shared = { ...restored, generations: [{ ...first! }, { ...second!, files: undefined }], requests: [] };
    expect(chosen({ time: "05:30", source: "restored-1", catalogue: shared }).snapshots).toEqual(["s2"]);
  });
});

it("reads what restic prints, and leaves out what is no volume of a service", () => {
  const printed = JSON.stringify([
    {
      ...{ id: "b", paths: ["/files/orders/uploads"] },
      summary: { backup_start: at("03:00"), total_files_processed: 2, total_bytes_processed: 7 },
    },
    {
      ...{ id: "a", paths: ["/files/orders/uploads"] },
      summary: { backup_start: at("02:00"), total_files_processed: 1, total_bytes_processed: 3 },
    },
    { id: "c", paths: ["/etc"], summary: { backup_start: at("01:00") } },
    { id: "d", paths: ["/files/orders/uploads"] },
  ]);
  expect(parseCopies(printed)).toEqual([copy("a", "02:00", { files: 1, bytes: 3 }), copy("b", "03:00")]);
});

it("asks before a generation serves again whose volume is gone, for an empty one would be made", () => {
  expect(keptFilesCondition("initial", undefined)).toEqual([]);
  expect(keptFilesCondition("initial", { value: [] })).toEqual([]);
  const [gone] = keptFilesCondition("initial", { value: ["test-orders-uploads"] });
  expect(`${gone?.answer}: ${gone?.detail}`).toMatch(/^unknown: expected test-orders-uploads with .* it begins empty$/);
  expect(keptFilesCondition("initial", { unknown: "no answer" })).toMatchObject([{ answer: "unknown" }]);
});
