import { expect, it } from "vitest";
import { type Catalogue, firstCatalogue } from "../../operations/generations/format.ts";
import { dataMoves, planGenerations } from "../../stacks/generations.ts";

const at = "2026-01-01T00:00:00Z";
const first = firstCatalogue(at);
const start = { lsn: "0/1", heartbeat: 1 };
const promoted = (generation: string, from: string | null): Catalogue["promotions"][number] => ({
  ...{ at, generation, from, kind: from ? "recovery" : "first", end: null, start, actor: "a", reason: "" },
});
const restored: Catalogue["generations"][number] = {
  ...first.generations[0]!,
  ...{ name: "restored-1", index: 1, state: "making", request: "h" },
};
const request = { hash: "h", goal: "the goal", epoch: "e7" } as Catalogue["requests"][number];
const two: Catalogue = {
  ...first,
  generations: [...first.generations, restored],
  promotions: [promoted("initial", null)],
  requests: [request],
};

it("lets the first generation serve before any promotion", () => {
  const plan = planGenerations("test", "10.0.0.0/22", first);
  expect(plan.serving).toMatchObject({ name: "initial", container: "test-database-initial", address: "10.0.2.16" });
  expect(dataMoves(plan)).toBe(false);
});

it("registers one that is being made beside the one that serves, with the request's own goal and epoch", () => {
  const plan = planGenerations("test", "10.0.0.0/22", two);
  expect(plan.all.map(({ name, role }) => [name, role])).toEqual([
    ["initial", "serves"],
    ["restored-1", "made"],
  ]);
  expect(plan.all[1]).toMatchObject({ address: "10.0.2.17", restore: { goal: "the goal", epoch: "e7" } });
});

it("keeps what is left when another is to serve", () => {
  const plan = planGenerations("test", "10.0.0.0/22", two, "restored-1", "3");
  expect(plan.all.map(({ role }) => role)).toEqual(["kept", "serves"]);
  expect([dataMoves(plan), plan.head]).toEqual([true, "3"]);
});

it("knows which serves by the last promotion, never by what exists", () => {
  const promotions = [promoted("initial", null), promoted("restored-1", "initial")];
  expect(planGenerations("test", "10.0.0.0/22", { ...two, promotions }).serving.name).toBe("restored-1");
});
