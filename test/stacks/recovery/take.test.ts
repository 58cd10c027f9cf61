import { describe, expect, it } from "vitest";
import { catalogueSchema, firstCatalogue } from "../../../operations/generations/format.ts";
import type { RestoreGoal } from "../../../operations/recovery/goal.ts";
import { askedRecovery, findRequest } from "../../../stacks/recovery/request.ts";
import { takeUp } from "../../../stacks/recovery/take.ts";
import { at } from "./history.ts";

const first = firstCatalogue(at("00:00"));
const asked = (targetBackup: string) => askedRecovery({ targetBackup, drill: false })!;
const goalOf = ({ generation }: ReturnType<typeof asked>) =>
  ({ generation, source: { generation: "initial", timeline: 1 } }) as RestoreGoal;
const taking = (goal: RestoreGoal | undefined, epoch: string) => ({
  goal,
  epoch,
  at: at("12:00"),
  actor: "me",
  reason: "why",
});

function run(catalogue: typeof first, name: string | undefined, epoch: string) {
  const wanted = name === undefined ? undefined : asked(name);
  return takeUp(catalogue, findRequest(wanted, catalogue), taking(wanted && goalOf(wanted), epoch));
}

it("records a new request with its goal and generation, at the smallest free address", () => {
  const taken = run(first, "a", "e1");
  expect(catalogueSchema.parse(taken)).toEqual(taken);
  expect(taken.generations[1]).toMatchObject({
    name: asked("a").generation,
    index: 1,
    state: "making",
    request: asked("a").hash,
    source: { generation: "initial", timeline: 1 },
  });
  expect(taken.requests).toMatchObject([
    { hash: asked("a").hash, state: "pending", epoch: "e1", actor: "me", reason: "why" },
  ]);
  const freed = { ...taken, generations: taken.generations.map((one) => ({ ...one, index: one.index * 2 })) };
  expect(run(freed, "b", "e2").generations.map(({ index }) => index)).toEqual([0, 2, 1]);
});

it("goes on with what is pending under another epoch, and changes nothing when there is nothing to do", () => {
  const taken = run(first, "a", "e1");
  expect(run(taken, "a", "e2")).toEqual({ ...taken, requests: [{ ...taken.requests[0], epoch: "e2" }] });
  expect(run(first, undefined, "e")).toBe(first);
  const done = { ...taken, requests: taken.requests.map((request) => ({ ...request, state: "done" as const })) };
  expect(run(done, "a", "e3")).toBe(done);
  expect(run(done, undefined, "e3")).toBe(done);
});

it("gives up what is pending when its key changes or goes, and takes it up again at its old address", () => {
  const taken = run(first, "a", "e1");
  const gone = run(taken, undefined, "e2");
  expect(gone.requests.map(({ state }) => state)).toEqual(["abandoned"]);
  expect(gone.generations.map(({ state }) => state)).toEqual(["ready", "abandoned"]);
  const changed = run(taken, "b", "e2");
  expect(changed.requests.map(({ state }) => state)).toEqual(["abandoned", "pending"]);
  expect(changed.generations.map(({ state, index }) => [state, index])).toEqual([
    ["ready", 0],
    ["abandoned", 1],
    ["making", 2],
  ]);
  const again = run(changed, "a", "e3");
  expect(again.requests.map(({ state, epoch }) => [state, epoch])).toEqual([
    ["pending", "e3"],
    ["abandoned", "e2"],
  ]);
  expect(again.generations.map(({ name, state, index }) => [name, state, index])).toEqual([
    ["initial", "ready", 0],
    [asked("b").generation, "abandoned", 2],
    [asked("a").generation, "making", 1],
  ]);
});

describe("files that are restored", () => {
  const volume = (name: string) => ({ service: "orders", volume: "uploads", name });
  const initialName = "test-orders-uploads";
  /** Takes a target up that restores files, and lets its generation serve. */
  function recovered(catalogue: typeof first, name: string, restores = true): typeof first {
    const { generation, hash } = asked(name);
    const files = [volume(`${initialName}-${generation}`)] as unknown as RestoreGoal["files"];
    const goal = { ...goalOf(asked(name)), stack: "test", ...(restores && { files }) };
    const taken = takeUp(catalogue, findRequest(asked(name), catalogue), taking(goal, "e"));
    const requests = taken.requests.map((one) => (one.hash === hash ? { ...one, state: "done" as const } : one));
    return {
      ...taken,
      requests,
      promotions: [...taken.promotions, { generation } as (typeof first)["promotions"][number]],
    };
  }
  const namesIn = ({ generations }: typeof first) => generations.map(({ files }) => files?.map(({ name }) => name));
  const own = (name: string) => `${initialName}-${asked(name).generation}`;

  it("go into volumes of the generation, and from then on every other one names its own", () => {
    expect(namesIn(run(first, "a", "e"))).toEqual([undefined, undefined]);
    const once = recovered(first, "a");
    expect(namesIn(once)).toEqual([[initialName], [own("a")]]);
    expect(namesIn(recovered(once, "b"))).toEqual([[initialName], [own("a")], [own("b")]]);
  });

  it("stay the ones of the generation that serves where none come back", () => {
    const once = recovered(first, "a");
    expect(namesIn(recovered(once, "b", false))).toEqual([[initialName], [own("a")], [own("a")]]);
  });
});
