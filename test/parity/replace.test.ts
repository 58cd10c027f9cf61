import { expect } from "vitest";
import { box, network, step } from "./resources.ts";
import { scenario } from "./scenario.ts";

scenario("replaces a container: the old one is deleted before the new one is made", async (lab) => {
  await lab.up([box("box", { envs: ["A=1"] }), step("after", "1", { dependsOn: ["box"] })]);
  const changed = [box("box", { envs: ["A=2"] }), step("after", "1", { dependsOn: ["box"] })];
  expect(await lab.preview(changed)).toEqual({ box: "replace" });
  await lab.up(changed);
  expect(await lab.containers()).toMatchObject({ box: { running: true, env: ["A=2"] } });
  expect(lab.effects()).toEqual(["create after 1"]);
  expect(await lab.preview(changed)).toEqual({});
});

scenario("replaces a network, and first deletes the containers that use it", async (lab) => {
  const resources = (internal: boolean) => [
    network("net", { internal }),
    box("one", { networksAdvanced: [{ name: { ref: "net.name" } }] }),
    box("other"),
  ];
  await lab.up(resources(false));
  expect(await lab.preview(resources(true))).toEqual({ net: "replace", one: "replace" });
  await lab.up(resources(true));
  expect(await lab.containers()).toMatchObject({ one: { running: true, networks: ["PREFIX-net"] } });
});

scenario(
  "replaces a command when a trigger changes: the new `create` first, the old `delete` at the end",
  async (lab) => {
    const resources = (trigger: string) => [
      step("a", trigger, {}, { triggers: [trigger] }),
      step("b", trigger, { dependsOn: ["a"] }),
    ];
    await lab.up(resources("1"));
    expect(await lab.preview(resources("2"))).toEqual({ a: "replace", b: "update" });
    await lab.up(resources("2"));
    expect(lab.effects().slice(2)).toEqual(["create a 2", "update b 2", "delete a 1"]);
  },
);

scenario("replaces a command with deleteBeforeReplace: the old `delete` comes first", async (lab) => {
  const resources = (trigger: string) => [step("a", trigger, { deleteBeforeReplace: true }, { triggers: [trigger] })];
  await lab.up(resources("1"));
  await lab.up(resources("2"));
  expect(lab.effects()).toEqual(["create a 1", "delete a 1", "create a 2"]);
});

scenario("replaces instead of updating for a path in replaceOnChanges", async (lab) => {
  const resources = (x: string) => [
    step("a", "1", { replaceOnChanges: ["environment.X"] }, { environment: { X: x, Y: "1" } }),
    step("b", "1", { replaceOnChanges: ["environment.X"], dependsOn: ["a"] }, { environment: { X: "1", Y: x } }),
  ];
  await lab.up(resources("1"));
  expect(await lab.preview(resources("2"))).toEqual({ a: "replace", b: "update" });
  await lab.up(resources("2"));
});

scenario("does not see a change in a path of ignoreChanges", async (lab) => {
  const resources = (x: string) => [
    step("a", "1", { ignoreChanges: ["environment.X", "triggers"] }, { environment: { X: x }, triggers: [x] }),
    box("box", { envs: [`A=${x}`], image: "debian:trixie-slim" }, { ignoreChanges: ["envs"] }),
  ];
  await lab.up(resources("1"));
  expect(await lab.preview(resources("2"))).toEqual({});
  await lab.up(resources("2"));
  expect(await lab.containers()).toMatchObject({ box: { env: ["A=1"] } });
});
