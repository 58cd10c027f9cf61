import { expect, it } from "vitest";
import { firstCatalogue, type Generation } from "../../operations/generations/format.ts";
import { conditionsOf } from "../../stacks/conditions.ts";
import { planGenerations } from "../../stacks/generations.ts";
import type { ServicePlan, StackPlan } from "../../stacks/plan.ts";
import { filesMove, isMadeOf, mountFiles } from "../../stacks/service-files.ts";
import { everyVolume } from "../../stacks/service-volumes.ts";
import { owner, setting } from "./setting.ts";

const first = firstCatalogue("2026-01-01T00:00:00Z");
const uploads = { service: "orders", volume: "uploads", name: "test-orders-uploads" };
const own = { ...uploads, name: "test-orders-uploads-restored-1" };
const initial = { ...first.generations[0]!, files: [uploads] };
const restored: Generation = { ...initial, name: "restored-1", index: 1, files: [own] };
const generationsOf = (generations: readonly Generation[], next: string) =>
  planGenerations("test", "10.0.0.0/22", { ...first, generations: [...generations] }, next);

const service = { uploads: "/uploads", cache: { path: "/cache", backup: false } };
function planned(): StackPlan {
  const { plan } = setting();
  const [orders] = plan.colors.green.services;
  const config = { ...orders!.config, volumes: service } as ServicePlan["config"];
  const services = [{ ...orders!, config }];
  const colors = { blue: { ...plan.colors.blue, services }, green: { ...plan.colors.green, services } };
  return { ...plan, colors, config: { ...plan.config, services: { orders: config } } };
}
const mounted = (generations: readonly Generation[], next: string) =>
  mountFiles("test", planned().colors, generationsOf(generations, next)).green.services[0]!;

it("changes nothing of a service before files have been restored", () => {
  const { colors } = planned();
  expect(mountFiles("test", colors, generationsOf(first.generations, "initial"))).toBe(colors);
});

it("gives a service the volumes of the generation that serves, and its container another spec with them", () => {
  const before = mounted([initial, restored], "initial");
  const after = mounted([initial, restored], "restored-1");
  expect(before).toMatchObject({
    spec: "green-spec",
    files: { names: { uploads: uploads.name, cache: "test-orders-cache" } },
  });
  expect(after.files?.names).toEqual({ uploads: own.name, cache: "test-orders-cache" });
  expect(after.spec).not.toBe(before.spec);
  expect(after.files?.specs).toEqual([before.spec, after.spec]);
  const again = mountFiles(
    "test",
    { ...planned().colors, green: { ...planned().colors.green, services: [after] } },
    generationsOf([initial, restored], "initial"),
  );
  expect(again.green.services[0]).toEqual(before);
});

it("takes a container with another generation's volumes for no change that the config asks for", () => {
  const after = mounted([initial, restored], "restored-1");
  expect([isMadeOf(after, "green-spec"), isMadeOf(after, after.spec)]).toEqual([true, true]);
  expect([isMadeOf(after, "another"), isMadeOf(after, undefined)]).toEqual([false, false]);
  const plan = planned();
  const moved = { ...plan, colors: mountFiles("test", plan.colors, generationsOf([initial, restored], "restored-1")) };
  const frozen = (found: StackPlan) =>
    conditionsOf(found, setting().live, owner).find(({ name }) => name === "activeColorFrozen")?.answer;
  expect(frozen(moved)).toBe("yes");
  const { files: _, ...other } = moved.colors.green.services[0]!;
  expect(frozen({ ...moved, colors: { ...moved.colors, green: { ...moved.colors.green, services: [other] } } })).toBe(
    "no",
  );
});

it("knows whether a move of the data moves files", () => {
  const plan = planned();
  expect(filesMove(plan, { serving: initial, next: restored })).toBe(true);
  expect(filesMove(plan, { serving: restored, next: { ...restored } })).toBe(false);
  expect(filesMove(plan, { serving: {}, next: initial })).toBe(false);
});

it("registers each volume that some generation has, once, and the first one as long as somebody has it", () => {
  const plan = planned();
  const names = (generations: readonly Generation[]) =>
    everyVolume({
      ...plan,
      database: { generations: generationsOf(generations, generations.at(-1)!.name) } as StackPlan["database"],
    }).map(({ name }) => name);
  expect(everyVolume(plan).map(({ name }) => name)).toEqual(["test-orders-uploads", "test-orders-cache"]);
  expect(names([first.generations[0]!])).toEqual(["test-orders-uploads", "test-orders-cache"]);
  expect(names([initial, restored])).toEqual(["test-orders-uploads", own.name, "test-orders-cache"]);
  expect(names([restored])).toEqual([own.name, "test-orders-cache"]);
});
