import { describe, expect, it } from "vitest";
import { renderRefusal, renderVerdict } from "../../stacks/verdict.ts";
import { health, owner, pointer, refusals, routerWith, toBlue, verdictOf } from "./setting.ts";

describe("the conditions", () => {
  it("refuse everything, by one sentence, when the Docker engine does not answer", () => {
    expect(refusals(toBlue, { docker: { unknown: "connect ENOENT" } })).toEqual([
      expect.stringMatching(/^docker: expected a Docker engine at .*, got: connect ENOENT; start it/),
    ]);
  });

  it("refuse another owner until it adopts the stack", () => {
    expect(refusals({}, { owner: { value: { ...owner, engine: "pulumi" } } })[0]).toContain(
      "switchback stack adopt --stack test",
    );
  });

  it("refuse a config that says another color than a standing override, with the two ways out", () => {
    const router = routerWith({
      override: { color: "blue", who: "ann", why: "green is down", when: "2026-01-01T00:00:00Z" },
    });
    expect(refusals({}, { router })[0]).toMatch(
      /pulumi config set activeColor blue; or end it: docker exec test-router switchback-route --clear$/,
    );
    expect(refusals(toBlue, { router })).toEqual([]);
  });

  it("take an unknown for a refusal, unless the config accepts it by name", () => {
    const live = { router: { unknown: "no answer within 2 s" } };
    expect(verdictOf({}, live).refused.map(({ name }) => name)).toEqual(["router"]);
    expect(verdictOf({ accept: ["router"] }, live).refused).toEqual([]);
  });

  it("never let an accepted condition through when the answer is no", () => {
    expect(verdictOf({ ...toBlue, accept: ["health"] }, { health: health(false) }).refused).toHaveLength(1);
  });

  it("ask nothing of any color when no traffic moves", () => {
    const verdict = verdictOf({}, { health: { unknown: "no answer" } });
    expect(verdict).toMatchObject({ level: 0, refused: [] });
    expect(verdict.summary).toBe("no traffic moves, green 1.1.0 stays active");
  });

  it("want a canary's color ready as well", () => {
    const changes = { router: { port: 1, canary: { percent: 5 } } };
    expect(refusals(changes, { health: health(false) })[0]).toMatch(/^health: test-blue-orders-1 is not ready/);
  });

  it("say that an unfinished change is settled by this run", () => {
    const pending = { epoch: "e2", goal: "g2", since: "2026-01-01T00:00:00Z" };
    const router = routerWith({ marker: { goal: "g", pointer, epoch: "e1", pending } });
    expect(renderVerdict(verdictOf({}, { router }))).toContain(
      "a change begun at 2026-01-01T00:00:00Z was not finished; this run settles it",
    );
  });
});

it("a refusal says that nothing was changed, and how to accept what is only unknown", () => {
  const text = renderRefusal(verdictOf({}, { router: { unknown: "no answer within 2 s" } }));
  expect(text).toBe(
    "refused, nothing was changed: green 1.1.0 is to get the traffic, and the router could not be asked\n" +
      "  router: its marker could not be read: no answer within 2 s; if you know better: pulumi config set --path 'accept[0]' router",
  );
});
