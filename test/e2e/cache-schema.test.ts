import { afterAll, beforeAll, expect, it } from "vitest";
import { findGarbage } from "../../operations/gc/decide.ts";
import { gatherFacts } from "../../operations/gc/live.ts";
import { execOk } from "../../operations/live/docker.ts";
import { cacheCommand } from "../../stacks/cache-plan.ts";
import { databaseStack, head } from "./database.ts";
import { docker, ordersWith, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack({
    services: { orders: ordersWith({ database: true, cache: true }) },
    cache: { secret: "database", flush: { onRollback: "all" } },
    colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } },
    schemaVersion: "4",
  });
});
afterAll(() => stack.cleanup());

const redis = async (...words: string[]) =>
  (await execOk(docker, stack.container("cache"), cacheCommand(...words))).trim();

it("the cache is emptied while requests are held, when release and schema go back together", async () => {
  await stack.upOk();
  expect([await served(stack), await head(stack)]).toEqual(["200 green 2.1.0", "4"]);
  await redis("set", "order", "as 2.1.0 writes it");
  stack.set({ schemaVersion: undefined, activeColor: "blue", allowDataLoss: { 4: 1000 } });
  const { stdout } = await stack.upOk();
  expect(stdout).toContain("all keys are removed, because the release goes back");
  expect(stdout.match(/cache: emptied \(1 keys\)/g)).toHaveLength(1);
  expect([await served(stack), await head(stack), await redis("dbsize")]).toEqual(["200 blue 1.1.0", "3", "0"]);
});

it("garbage collection reads its database, catalogue and repository, and leaves what a way back could need", async () => {
  const facts = await gatherFacts(docker, stack.stack);
  expect(facts.unknown).toEqual([]);
  expect([...facts.oldestBackups!.keys()]).toEqual(["initial"]);
  expect(facts.points.at(-1)).toMatchObject({ kind: "safety", releases: ["1.1.0", "2.1.0"] });
  const theirs = findGarbage({ ...facts, releases: new Set(), releaseImages: new Set(), used: new Set() });
  const names = theirs.map(({ name }) => name);
  expect(names).toEqual(expect.not.arrayContaining(["switchback/orders:1.1.0", "switchback/orders:2.1.0"]));
  expect(names).not.toContain(facts.points.at(-1)?.name);
});
