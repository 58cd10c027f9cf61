import { expect } from "vitest";
import { box, network, step, volume } from "./resources.ts";
import { scenario } from "./scenario.ts";

const inOrder = [step("a"), step("b", "1", { dependsOn: ["a"] }), step("c", "1", { dependsOn: ["b"] })];

scenario("creates in the order of dependencies, and a second up changes nothing", async (lab) => {
  expect(await lab.preview(inOrder)).toEqual({ "lab-lab": "create", a: "create", b: "create", c: "create" });
  expect(lab.effects()).toEqual([]);
  await lab.up(inOrder);
  expect(lab.effects()).toEqual(["create a 1", "create b 1", "create c 1"]);
  expect(await lab.preview(inOrder)).toEqual({});
  await lab.up(inOrder, { args: ["--expect-no-changes"] });
  expect(lab.effects()).toHaveLength(3);
});

scenario(
  "creates a network, a volume and a container with every default of the real provider in its state",
  async (lab) => {
    const resources = [
      network("net"),
      volume("vol"),
      box("box", {
        networksAdvanced: [{ name: { ref: "net.name" }, aliases: ["box"] }],
        volumes: [{ volumeName: { ref: "vol.name" }, containerPath: "/data" }],
        envs: ["B=2", "A=1"],
        uploads: [{ file: "/etc/hello", content: "hello" }],
        ...{ memory: 32, memorySwap: 32, restart: "unless-stopped", destroyGraceSeconds: 1, user: "1000" },
        healthcheck: { tests: ["CMD", "true"], interval: "1m0s" },
        capabilities: { drops: ["ALL"] },
        tmpfs: { "/run": "size=1m" },
      }),
    ];
    await lab.up(resources);
    expect(await lab.preview(resources)).toEqual({});
    expect(await lab.containers()).toMatchObject({ box: { running: true, user: "1000", networks: ["PREFIX-net"] } });
  },
);

scenario("updates a command in place, with `update`, and what depends on it not at all", async (lab) => {
  await lab.up(inOrder);
  const changed = [inOrder[0]!, step("b", "2", { dependsOn: ["a"] }), inOrder[2]!];
  expect(await lab.preview(changed)).toEqual({ b: "update" });
  await lab.up(changed);
  expect(lab.effects().slice(3)).toEqual(["update b 2"]);
});

scenario("runs `create` again where there is no `update`", async (lab) => {
  const again = (version: string) => [step("a", version, {}, { update: undefined, environment: { X: version } })];
  await lab.up(again("1"));
  await lab.up(again("2"));
  expect(lab.effects()).toEqual(["create a 1", "create a 2"]);
});

scenario("updates memory and restart of a container in place", async (lab) => {
  await lab.up([box("box", { memory: 32, memorySwap: 32 })]);
  const changed = [box("box", { memory: 48, memorySwap: 48, restart: "always" })];
  expect(await lab.preview(changed)).toEqual({ box: "update" });
  await lab.up(changed);
  expect(await lab.containers()).toMatchObject({ box: { memory: 48 * 2 ** 20, restart: "always", running: true } });
  expect(await lab.preview(changed)).toEqual({});
});

scenario("deletes what the program no longer names, dependents first, with the texts of the state", async (lab) => {
  await lab.up(inOrder);
  expect(await lab.preview([])).toEqual({ a: "delete", b: "delete", c: "delete" });
  await lab.up([]);
  expect(lab.effects().slice(3)).toEqual(["delete c 1", "delete b 1", "delete a 1"]);
});

scenario("deletes after it creates and updates", async (lab) => {
  await lab.up([step("old"), step("kept", "1", { dependsOn: ["old"] })]);
  await lab.up([step("kept", "2"), step("new", "1", { dependsOn: ["kept"] })]);
  expect(lab.effects().slice(2)).toEqual(["update kept 2", "create new 1", "delete old 1"]);
});

scenario("destroys everything, dependents first, and can start again", async (lab) => {
  const resources = [...inOrder, box("box", {}, { dependsOn: ["c"] })];
  await lab.up(resources);
  await lab.destroy();
  expect(lab.effects().slice(3)).toEqual(["delete c 1", "delete b 1", "delete a 1"]);
  expect(await lab.containers()).toEqual({});
  expect(Object.keys(lab.state())).toEqual([]);
  await lab.up(inOrder);
  expect(lab.effects().slice(6)).toEqual(["create a 1", "create b 1", "create c 1"]);
});

scenario("parents resources under components, and waits for all of a component's children", async (lab) => {
  const resources = [
    { kind: "component", name: "color" } as const,
    step("first", "1", { parent: "color" }),
    step("second", "1", { parent: "color", dependsOn: ["first"] }),
    step("after", "1", { dependsOn: ["color"] }),
  ];
  await lab.up(resources);
  expect(lab.effects()).toEqual(["create first 1", "create second 1", "create after 1"]);
  const state = lab.state();
  expect(state.first).toMatchObject({ urn: "urn:pulumi:lab::lab::lab:index:Component$command:local:Command::first" });
  expect(state.after).toMatchObject({ dependencies: expect.arrayContaining([expect.stringContaining("::second")]) });
});

scenario("shows what is not known before the update as unknown, and passes it on in the update", async (lab) => {
  const resources = (version: string) => [
    step("id", version, {}, { create: `echo id-${version}`, update: undefined }),
    step(
      "user",
      "1",
      {},
      { environment: { ID: { ref: "id.stdout" } }, create: 'echo got $ID >> "$PARITY_LOG"', update: undefined },
    ),
  ];
  const outputs = { id: { ref: "id.stdout" } };
  expect(await lab.preview(resources("1"), { outputs })).toMatchObject({ id: "create", user: "create" });
  await lab.up(resources("1"), { outputs });
  expect(await lab.outputs()).toEqual({ id: "id-1" });
  expect(await lab.preview(resources("2"), { outputs })).toMatchObject({ id: "update", user: "update" });
  await lab.up(resources("2"), { outputs });
  expect(lab.effects()).toEqual(["got id-1", "got id-2"]);
  expect(await lab.outputs()).toEqual({ id: "id-2" });
});
