import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integrityErrors } from "../../engine/checkpoint.ts";
import { deletionRounds } from "../../engine/deletions.ts";
import { withReplaceOnChanges } from "../../engine/diff.ts";
import { renderProps } from "../../engine/display/value.ts";
import { diffSummary, resourceSummary } from "../../engine/display/words.ts";
import { seconds } from "../../engine/goal.ts";
import { keepOld, parsePath, pathContains } from "../../engine/paths.ts";
import { unknown } from "../../engine/provider.ts";
import { redact } from "../../engine/redact.ts";
import { emptyResource, type Resource } from "../../engine/state.ts";
import type { Step } from "../../engine/steps.ts";
import { makeUrn, shownType, urnName, urnType } from "../../engine/urn.ts";
import { type RichProps, Secret } from "../../engine/values.ts";

describe("property paths", () => {
  it("are taken apart as pulumi does", () => {
    expect(parsePath('a.b[0]["c d"].e')).toEqual(["a", "b", 0, "c d", "e"]);
    expect(parsePath("triggers[*]")).toEqual(["triggers", "*"]);
    expect(parsePath("#initerror")).toEqual(["#initerror"]);
    expect(() => parsePath("a[x]")).toThrow("malformed");
    expect(pathContains(parsePath("triggers[*]"), parsePath("triggers[1]"))).toBe(true);
    expect(pathContains(parsePath("triggers[*]"), parsePath("triggers"))).toBe(false);
    expect(pathContains(parsePath("env"), parsePath("env.A"))).toBe(true);
  });

  it("keep what is ignored as it was, absent things absent", () => {
    const [old, next] = [
      { a: 1, m: { x: 1, y: 2 }, l: [{ k: 1 }] },
      { a: 2, b: 3, m: { x: 9, z: 3 }, l: [{ k: 5 }, { k: 6 }] },
    ];
    expect(keepOld(next, old, ["a", "b", "m.x", "m.z", "l[*].k"])).toEqual({
      a: 1,
      m: { x: 1 },
      l: [{ k: 1 }, { k: 6 }],
    });
    expect(keepOld({}, old, ["m.x"])).toEqual({});
    expect(keepOld({}, old, ["a"])).toEqual({ a: 1 });
  });
});

describe("differences", () => {
  it("become replacements where asked for, init errors too", () => {
    const result = { detailed: { "triggers[0]": "update", create: "update" }, deleteBeforeReplace: false } as const;
    expect(withReplaceOnChanges(result, ["triggers[*]"], false)).toMatchObject({
      replace: true,
      replaceKeys: ["triggers"],
    });
    expect(withReplaceOnChanges(result, [], true)).toMatchObject({ replace: false, changed: true });
    expect(withReplaceOnChanges({ ...result, detailed: {} }, ["#initerror"], true).replaceKeys).toEqual(["#initerror"]);
  });
});

describe("deletions", () => {
  it("never come before those of what depends on them", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 25 }), (edges) => {
        const resources: Resource[] = edges.map((targets, i) => ({
          ...emptyResource(`urn:${i}`, "t", true),
          dependencies: i === 0 ? [] : [...new Set(targets.map((target) => `urn:${target % i}`))],
        }));
        const rounds = deletionRounds(
          resources.map((old) => ({ op: "delete", urn: old.urn, type: "t", old }) satisfies Step),
        );
        const round = new Map(rounds.flatMap((steps, i) => steps.map(({ urn }) => [urn, i] as const)));
        expect(round.size).toBe(resources.length);
        for (const { urn, dependencies } of resources) {
          for (const dependency of dependencies) expect(round.get(urn)!).toBeLessThan(round.get(dependency)!);
        }
      }),
    );
  });
});

describe("URNs", () => {
  it("carry the chain of parents' types, the stack left out", () => {
    const stack = makeUrn("dev", "p", "", "pulumi:pulumi:Stack", "p-dev");
    const group = makeUrn("dev", "p", stack, "p:index:Group", "g");
    const network = makeUrn("dev", "p", group, "docker:index/network:Network", "a::b");
    expect(network).toBe("urn:pulumi:dev::p::p:index:Group$docker:index/network:Network::a::b");
    expect([urnName(network), urnType(network), shownType(urnType(network))]).toEqual([
      "a::b",
      "docker:index/network:Network",
      "docker:index:Network",
    ]);
  });
});

describe("what is shown", () => {
  it("are the differences, with secrets and unknowns named instead of shown", () => {
    const old = { env: { A: "1", B: new Secret("x") }, list: ["a"], same: true };
    const next: RichProps = { env: { A: "2", B: new Secret("y") }, list: ["a", unknown], same: true, __defaults: [] };
    expect(renderProps(old, next, "  ", false)).toEqual([
      "~ env : {",
      '    ~ A: "1" => "2"',
      "    ~ B: [secret] => [secret]",
      "  }",
      "~ list: [",
      "    + [1]: [unknown]",
      "  ]",
    ]);
  });

  it("are sums in pulumi's words", () => {
    expect(resourceSummary({ same: 3, update: 1, replace: 2 }, true, 0)).toEqual([
      "Resources:",
      "    ~ 1 to update",
      "    +-2 to replace",
      "    3 changes. 3 unchanged",
    ]);
    expect(resourceSummary({ create: 1, same: 2 }, false, 1)).toEqual([
      "Resources:",
      "    + 1 created",
      "    2 unchanged",
      "    1 errored",
    ]);
    const step = { op: "update", urn: "u", type: "t", diff: { b: "add", "a.x": "add", c: "delete" } } satisfies Step;
    expect(diffSummary(step)).toBe("[diff: +b-c~a]");
  });

  it("hides the longest secrets first", () => {
    expect(redact("abcdef and abc", ["abc", "abcdef"])).toBe("[secret] and [secret]");
  });
});

describe("small things", () => {
  it("reads durations as Go writes them", () => {
    expect([seconds("10m"), seconds("1h1m1.5s"), seconds("250ms")]).toEqual([600, 3661.5, 0.25]);
    expect(() => seconds("10 minutes")).toThrow("expected a duration");
  });

  it("finds what makes a state unsound", () => {
    const a = emptyResource("urn:a", "t", true);
    const b = { ...emptyResource("urn:b", "t", true), dependencies: ["urn:a"] };
    expect(integrityErrors([a, b])).toEqual([]);
    expect(integrityErrors([b, a])).toEqual(["urn:b comes before urn:a, which it refers to"]);
    expect(integrityErrors([a, a])).toEqual(["urn:a is there twice"]);
  });
});
