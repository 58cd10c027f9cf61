import { describe, expect, it } from "vitest";
import { type Props, unknown } from "../../../../engine/provider.ts";
import { container } from "../../../../engine/providers/docker/container.ts";
import { containerFields } from "../../../../engine/providers/docker/container-fields.ts";
import { stateOf } from "../../../../engine/providers/state.ts";

const given: Props = {
  name: "c",
  image: "i",
  command: ["sleep", "infinity"],
  envs: ["B=2", "A=1"],
  labels: [{ label: "a", value: "b" }],
  ports: [{ internal: 80 }, { internal: 81, external: 8081 }],
  networksAdvanced: [{ name: "n1" }, { name: "n2", aliases: ["x"], ipv4Address: "10.0.0.2" }],
  uploads: [{ file: "/f", content: "x" }],
  memory: 64,
  memorySwap: 64,
  user: "1000",
};
const inputs = container.check(undefined, given).inputs;
const state = stateOf(containerFields, inputs, {
  ports: [
    { internal: 80, external: 32768, ip: "0.0.0.0", protocol: "tcp" },
    { internal: 81, external: 8081, ip: "0.0.0.0", protocol: "tcp" },
  ],
  hostname: "0123456789ab",
});

function outcome(change: Record<string, Props[string] | undefined>): string {
  const next = Object.fromEntries(Object.entries({ ...given, ...change }).filter(([, value]) => value !== undefined));
  const { detailed, deleteBeforeReplace } = container.diff(
    "id",
    inputs,
    state,
    container.check(inputs, next as Props).inputs,
  );
  expect(deleteBeforeReplace).toBe(true);
  const kinds = Object.values(detailed);
  return kinds.some((kind) => kind.endsWith("replace")) ? "replace" : kinds.length > 0 ? "update" : "same";
}

describe("a changed container input", () => {
  it.each<[string, Record<string, Props[string] | undefined>]>([
    ["nothing", {}],
    ["the order of envs", { envs: ["A=1", "B=2"] }],
    ["the order of networks", { networksAdvanced: [...(given.networksAdvanced as Props[])].reverse() }],
    ["an image's own user", { user: undefined }],
    ["labels left out", { labels: undefined }],
    ["a command left out", { command: undefined }],
    ["the default said aloud", { restart: "no", start: true, waitTimeout: 60, networkMode: "bridge", readOnly: false }],
  ])("%s: same", (_, change) => expect(outcome(change)).toBe("same"));

  it.each<[string, Record<string, Props[string] | undefined>]>([
    ["restart", { restart: "always" }],
    ["memory", { memory: 128 }],
    ["memorySwap left out", { memorySwap: undefined }],
    ["cpuShares", { cpuShares: 512 }],
    ["destroyGraceSeconds", { destroyGraceSeconds: 3 }],
    ["wait", { wait: true }],
    ["healthcheck", { healthcheck: { tests: ["CMD", "true"] } }],
    ["mustRun", { mustRun: false }],
    ["tmpfs", { tmpfs: { "/run": "" } }],
    ["init", { init: true }],
  ])("%s: update", (_, change) => expect(outcome(change)).toBe("update"));

  it.each<[string, Record<string, Props[string] | undefined>]>([
    ["image", { image: "j" }],
    ["an image that is not known yet", { image: unknown }],
    ["name", { name: "d" }],
    ["envs", { envs: ["A=1"] }],
    ["labels", { labels: [{ label: "a", value: "c" }] }],
    ["ports", { ports: [{ internal: 80 }, { internal: 81, external: 8082 }] }],
    ["an address", { networksAdvanced: [{ name: "n1" }, { name: "n2", aliases: ["x"], ipv4Address: "10.0.0.3" }] }],
    ["an upload", { uploads: [{ file: "/f", content: "y" }] }],
    ["user", { user: "1001" }],
    ["capabilities", { capabilities: { drops: ["ALL"] } }],
    ["networkMode", { networkMode: "host" }],
    ["mounts", { mounts: [{ type: "tmpfs", target: "/x" }] }],
  ])("%s: replace", (_, change) => expect(outcome(change)).toBe("replace"));
});

it("names what it fills in, in every object", () => {
  expect(inputs.__defaults).toEqual([
    "containerReadRefreshTimeoutMilliseconds",
    "mustRun",
    "networkMode",
    "removeVolumes",
    "restart",
    "start",
    "waitTimeout",
  ]);
  expect((inputs.ports as Props[])[0]).toEqual({
    __defaults: ["ip", "protocol"],
    internal: 80,
    ip: "0.0.0.0",
    protocol: "tcp",
  });
});

it("refuses unsupported, unknown and ill-typed inputs by name", () => {
  const { failures } = container.check(undefined, {
    image: "i",
    attach: true,
    logs: true,
    rm: true,
    gpus: "all",
    imgae: "x",
    memory: "64",
    restart: "sometimes",
    uploads: [{ file: "/f", source: "/etc/passwd", permissions: "9" }],
    ports: [{ external: 80 }],
  });
  expect(failures.map(({ property }) => property).sort()).toEqual([
    "attach",
    "gpus",
    "imgae",
    "logs",
    "memory",
    "name",
    "ports[0].internal",
    "restart",
    "rm",
    "uploads[0].permissions",
    "uploads[0].source",
  ]);
  expect(failures.find(({ property }) => property === "name")?.reason).toBe("expected `name` to be set, got nothing");
});
