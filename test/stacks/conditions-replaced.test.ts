import { expect, it } from "vitest";
import { planCache } from "../../stacks/cache-plan.ts";
import { replacedCondition } from "../../stacks/conditions-replaced.ts";
import { cacheSpec, databaseSpec, poolerSpec, routerSpec } from "../../stacks/once-specs.ts";
import type { LiveContainer } from "../../stacks/probe.ts";
import { databaseSetting } from "./database-setting.ts";

const imageOf = (reference: string) => `sha256:${reference}`;
const wanted = { active: "green", releases: { blue: "1.1.0", green: "2.0.0" }, head: "3" } as const;
const { plan, live } = databaseSetting(wanted);
const { database } = plan;

const running = (name: string, spec?: string): [string, LiveContainer] => [
  name,
  { name, id: name, running: true, image: "", labels: spec === undefined ? {} : { "switchback.spec": spec } },
];
const asPlanned = [
  running("test-router", routerSpec(plan, imageOf("switchback/router:1"))),
  running("test-pooler", poolerSpec(database!, imageOf("switchback/pooler:1"))),
  running(
    "test-database-initial",
    databaseSpec("test", database!, database!.generations.serving, imageOf("switchback/database:1")),
  ),
];

/** What is said of a config with these changes, on a system that runs the fixture's. */
function told(config: Record<string, unknown>, containers = asPlanned, images = imageOf): string {
  const changed = databaseSetting({ ...wanted, config }).plan;
  const [condition] = replacedCondition(changed, { ...live, containers: { value: new Map(containers) } }, images);
  return condition ? `${condition.answer} ${condition.name}: ${condition.detail}` : "";
}

const settings = { name: "orders", secret: "database" };

it("says nothing where nothing is replaced, nor of what is made for the first time", () => {
  expect(told({})).toBe("");
  expect(told({}, [])).toBe("");
  expect(told({ database: { ...settings, memoryMb: 512, stopSeconds: 60 } })).toBe("");
});

it("names the database whose parameters, repository or image are others", () => {
  const named = /^yes replaced: not lossless: the database is made anew .* until it answers again$/;
  expect(told({ database: { ...settings, parameters: { work_mem: "8MB" } } })).toMatch(named);
  const repository = { options: { "repo1-type": "s3" } };
  expect(told({ database: { ...settings, backup: { repository } } })).toMatch(named);
  expect(told({}, asPlanned, (name) => (name.includes("database") ? "sha256:new" : imageOf(name)))).toMatch(named);
  expect(told({}, [running("test-database-initial")])).toMatch(named);
});

it("names the pooler with other settings, not with other passwords, and the router with other listeners", () => {
  expect(told({ database: { ...settings, pooler: { poolSize: 5 } } })).toMatch(/not lossless: the pooler is made anew/);
  expect(told({ secrets: { database: "another secret of sixteen" } })).toBe("");
  const listeners = { extra: { port: 9443, tls: false } };
  expect(told({ router: { port: 8080, listeners } })).toMatch(
    /: the router is made anew .* nothing gets in meanwhile$/,
  );
});

it("names the cache with other settings", () => {
  const withCache = (memoryMb: number) => {
    const secrets = { database: "at least sixteen characters", cache: "sixteen characters or more" };
    const cache = { image: `redis@sha256:${"0".repeat(64)}`, secret: "cache", memoryMb };
    const { plan } = databaseSetting({ ...wanted, config: { secrets, cache } });
    return { ...plan, cache: planCache("test", plan.config, []) };
  };
  const cache = running("test-cache", cacheSpec(withCache(64).cache!));
  const seen = { ...live, containers: { value: new Map([...asPlanned, cache]) } };
  expect(replacedCondition(withCache(64), seen, imageOf)).toEqual([]);
  const [condition] = replacedCondition(withCache(128), seen, imageOf);
  expect(condition?.detail).toMatch(/not lossless: the cache is made anew/);
});

it("says nothing of an isolated stack, which keeps its containers as evidence", () => {
  expect(told({ router: { port: 8080, isolate: true }, database: { ...settings, parameters: { a: "1" } } })).toBe("");
});
