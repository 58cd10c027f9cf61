import { expect, it } from "vitest";
import { servingGeneration } from "../../../operations/generations/format.ts";
import { type Found, rebuild } from "../../../operations/generations/rebuild.ts";
import { withFoundFiles } from "../../../operations/generations/rebuild-files.ts";

const now = new Date("2026-11-21T12:00:00Z");
const found = (name: string, changes: Partial<Found> = {}): Found => ({
  name,
  index: 0,
  bornAt: "2026-11-20T12:00:00.000Z",
  closed: false,
  control: { timeline: 1, systemIdentifier: "7", lsn: "0/3000148" },
  ...changes,
});

it("knows which generation serves, which one served before, and which one never did", () => {
  const all = [
    found("restored-2", { index: null, closed: true, bornAt: "2026-11-21T09:00:00.000Z" }),
    found("restored-1", {
      index: 1,
      bornAt: "2026-11-21T08:00:00.000Z",
      control: { timeline: 2, systemIdentifier: "7", lsn: "0/5000000" },
    }),
    found("initial"),
    found("restored-3", { index: null, control: null, bornAt: "2026-11-21T10:00:00.000Z" }),
  ];
  const catalogue = rebuild(all, "restored-1", now);
  expect(servingGeneration(catalogue)).toBe("restored-1");
  expect(catalogue.generations.map(({ name, index, state, keepUntil }) => [name, index, state, keepUntil])).toEqual([
    ["initial", 0, "ready", "2027-02-19T12:00:00.000Z"],
    ["restored-1", 1, "ready", null],
    ["restored-2", 2, "abandoned", "2027-02-19T12:00:00.000Z"],
    ["restored-3", 3, "abandoned", "2027-02-19T12:00:00.000Z"],
  ]);
  expect(catalogue.promotions).toMatchObject([{ generation: "restored-1", start: { lsn: "0/5000000" } }]);
});

it("is refused when the generation that serves is not among what is found", () => {
  expect(() => rebuild([found("initial")], "restored-1", now)).toThrow(
    "expected the data of generation restored-1, to which the pooler points, among initial, got none",
  );
});

it("knows which files go with each generation: those made for it, and those that the services have", () => {
  const all = ["initial", "restored-1", "restored-2"].map((name) => found(name));
  const catalogue = rebuild(all, "restored-2", now);
  const uploads = { service: "orders", volume: "uploads" };
  const made = [{ ...uploads, generation: "restored-1", name: "test-orders-uploads-restored-1" }];
  const names = (mounted: string[]) =>
    withFoundFiles(catalogue, { made, mounted: new Set(mounted) }).generations.map(({ files }) => files?.[0]?.name);
  const [first, restored] = ["test-orders-uploads", "test-orders-uploads-restored-1"];
  expect(names([restored!])).toEqual([first, restored, restored]);
  expect(names([first!])).toEqual([first, restored, first]);
  expect(withFoundFiles(catalogue, { made: [], mounted: new Set() })).toBe(catalogue);
});
