import { expect, it } from "vitest";
import { guard } from "../../components/guard.ts";
import { describePorts } from "../../operations/isolation/ports.ts";

const ports = [{ internal: 9090, external: 9091, ip: "127.0.0.1", protocol: "tcp" }];
const container = {
  type: "docker:index/container:Container",
  name: "blue-orders-1",
  props: { name: "test-metrics", image: "a", ports },
};
const command = (name: string) => ({ type: "command:local:Command", name, props: {} });

it("protects every container of an isolated stack, ignores what changed of it, and lets it outlive its replacement", () => {
  const opts = { deleteBeforeReplace: true, ignoreChanges: ["uploads"] };
  const guarded = guard({ frozen: true, fresh: "none", published: {} })({ ...container, opts });
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
  const frozen = guard({ frozen: true, fresh: "none", published: {} });
  const ignored = (name: string) => frozen({ ...command(name), opts: {} })?.opts as { ignoreChanges?: string[] };
  expect(ignored("schema").ignoreChanges).toContain("environment");
  expect(ignored("database").ignoreChanges).toContain("create");
  for (const name of ["router", "isolation"]) expect(ignored(name)).toBeUndefined();
});

it("afterwards only tells from which clearance the containers come", () => {
  const thawed = guard({ frozen: false, fresh: "2026-11-21T12:00:00Z", published: {} });
  expect(thawed({ ...container, opts: { ignoreChanges: [] } })?.opts).toEqual({
    ignoreChanges: [],
    replacementTrigger: "2026-11-21T12:00:00Z",
  });
  expect(thawed({ ...command("schema"), opts: {} })).toBeUndefined();
});

it("ignores what a refresh took for gone: ports that a container has", () => {
  const ignored = (published: Record<string, string>) =>
    guard({ frozen: false, fresh: "none", published })({ ...container, opts: {} })?.opts.ignoreChanges;
  expect(ignored({ "test-metrics": describePorts(ports) })).toEqual(["ports"]);
  expect(ignored({ "test-metrics": "" })).toEqual([]);
});
