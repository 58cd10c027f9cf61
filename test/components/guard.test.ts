import { expect, it } from "vitest";
import { guard } from "../../components/guard.ts";

const container = { type: "docker:index/container:Container", name: "blue-orders-1", props: { image: "a" } };
const command = (name: string) => ({ type: "command:local:Command", name, props: {} });

it("protects every container of an isolated stack, ignores what changed of it, and lets it outlive its replacement", () => {
  const opts = { deleteBeforeReplace: true, ignoreChanges: ["uploads"] };
  const guarded = guard({ frozen: true, fresh: "none" })({ ...container, opts });
  expect(guarded?.props).toBe(container.props);
  expect(guarded?.opts).toMatchObject({
    protect: true,
    retainOnDelete: true,
    replacementTrigger: "none",
    deleteBeforeReplace: true,
  });
  expect(guarded?.opts.ignoreChanges).toEqual(
    expect.arrayContaining(["image", "networksAdvanced", "restart", "ports", "uploads", "mustRun"]),
  );
});

it("lets no operation act on an isolated stack but the router's and its own", () => {
  const frozen = guard({ frozen: true, fresh: "none" });
  const ignored = (name: string) => frozen({ ...command(name), opts: {} })?.opts as { ignoreChanges?: string[] };
  expect(ignored("schema").ignoreChanges).toContain("environment");
  expect(ignored("database").ignoreChanges).toContain("create");
  for (const name of ["router", "isolation"]) expect(ignored(name)).toBeUndefined();
});

it("afterwards only tells from which clearance the containers come", () => {
  const thawed = guard({ frozen: false, fresh: "2026-11-21T12:00:00Z" });
  expect(thawed({ ...container, opts: { ignoreChanges: [] } })?.opts).toEqual({
    ignoreChanges: [],
    replacementTrigger: "2026-11-21T12:00:00Z",
  });
  expect(thawed({ ...command("schema"), opts: {} })).toBeUndefined();
});
