import { expect } from "vitest";
import { connect } from "../../operations/live/docker.ts";
import { containerOf } from "./live.ts";
import { box, step, volume } from "./resources.ts";
import { scenario } from "./scenario.ts";

scenario("refuses to delete or replace what is protected, and changes nothing", async (lab) => {
  const safe = (trigger: string) => step("safe", trigger, { protect: true }, { triggers: [trigger] });
  const other = (trigger: string) => step("other", trigger, { dependsOn: ["safe"] });
  await lab.up([safe("1"), other("1")]);
  await lab.preview([step("other")], { fails: /protect/ });
  await lab.up([step("other")], { fails: /protect/ });
  await lab.up([safe("2"), other("2")], { fails: /protect/ });
  await lab.destroy({ fails: /protect/ });
  expect(lab.effects().filter((line) => line.includes("safe"))).toEqual(["create safe 1"]);
});

scenario("leaves the container of a retained resource running when it drops the resource", async (lab) => {
  await lab.up([box("kept", {}, { retainOnDelete: true }), step("retained", "1", { retainOnDelete: true })]);
  await lab.up([]);
  expect(await lab.containers()).toMatchObject({ kept: { running: true } });
  expect(lab.effects()).toEqual(["create retained 1"]);
});

scenario(
  "makes a protected and retained container anew, once it may, and leaves the former one as it is",
  async (lab) => {
    const isolated = { protect: true, retainOnDelete: true, ignoreChanges: ["networksAdvanced", "restart", "envs"] };
    const as = (trigger: string, options: object = {}) => [box("box", {}, { replacementTrigger: trigger, ...options })];
    await lab.up(as("none"));
    expect(await lab.preview(as("none", isolated))).toEqual({});
    await lab.up(as("none", isolated));
    const former = containerOf(lab.prefix, "box");
    const { Id } = await former.inspect();
    await connect().getNetwork("bridge").disconnect({ Container: Id, Force: true });
    await former.update({ RestartPolicy: { Name: "always" } });
    await lab.refresh();
    expect(await lab.preview([box("box", { envs: ["A=1"] }, { replacementTrigger: "none", ...isolated })])).toEqual({});
    await lab.up(as("later", isolated), { fails: /protect/ });
    await former.rename({ name: `${lab.prefix}-aside` });
    expect(await lab.preview(as("later"))).toEqual({ box: "replace" });
    await lab.up(as("later"));
    expect(await lab.containers()).toMatchObject({ box: { running: true }, aside: { running: true, networks: [] } });
    expect((await containerOf(lab.prefix, "aside").inspect()).Id).toBe(Id);
    await lab.up([]);
    expect(Object.keys(await lab.containers())).toEqual(["aside"]);
  },
);

scenario(
  "takes a volume that was there, with options of its own, as it is when changes of them are ignored",
  async (lab) => {
    await connect().createVolume({
      Name: `${lab.prefix}-made`,
      DriverOpts: { type: "tmpfs", device: "tmpfs" },
      Labels: { "switchback.test": "parity", "switchback.parity": lab.prefix },
    });
    const kept = volume("made", { ignoreChanges: ["driver", "driverOpts"] });
    await lab.up([kept]);
    expect(await lab.preview([kept])).toEqual({});
    expect(await lab.preview([volume("made")])).toEqual({ made: "replace" });
  },
);

scenario("does not delete a resource by itself whose deletedWith goes too", async (lab) => {
  await lab.up([step("whole"), step("part", "1", { deletedWith: "whole" })]);
  await lab.up([]);
  expect(lab.effects().slice(2)).toEqual(["delete whole 1"]);
});

scenario("ends a creation at its customTimeouts", async (lab) => {
  const slow = step("slow", "1", { customTimeouts: { create: "1s" } }, { create: "exec sleep 20" });
  const start = Date.now();
  await lab.up([slow], { fails: /slow/ });
  expect(Date.now() - start).toBeLessThan(15_000);
});

scenario(
  "keeps a container that did not become healthy, with its initErrors, and replaces it when asked to",
  async (lab) => {
    const unhealthy = { wait: true, waitTimeout: 1, healthcheck: { tests: ["CMD", "false"], interval: "1s" } };
    const healthy = { wait: true, waitTimeout: 10, healthcheck: { tests: ["CMD", "true"], interval: "1s" } };
    const options = { replaceOnChanges: ["#initerror"] };
    await lab.up([box("box", unhealthy, options)], { fails: /healthy/ });
    expect(await lab.containers()).toMatchObject({ box: { running: true } });
    expect(lab.state().box?.initErrors).toHaveLength(1);
    expect(await lab.preview([box("box", healthy, options)])).toMatchObject({ box: "replace" });
    await lab.up([box("box", healthy, options)]);
    expect(lab.state().box?.initErrors).toBeUndefined();
  },
);

scenario("replaces a container that did not start, unless command and entrypoints are its own", async (lab) => {
  const own = { entrypoints: ["/nowhere"], command: ["x"] };
  const both = [box("some", { command: ["/nowhere"] }), box("all", own, { dependsOn: ["some"] })];
  await lab.up([both[0]!], { fails: /nowhere/ });
  expect(await lab.preview([both[0]!])).toEqual({ some: "replace" });
  await lab.up([box("some"), both[1]!], { fails: /nowhere/ });
  expect(await lab.preview([box("some"), both[1]!])).toEqual({ all: "update" });
  await lab.up([box("some"), both[1]!]);
  expect(lab.state().all?.initErrors).toBeUndefined();
  expect(await lab.containers()).toMatchObject({ some: { running: true }, all: { running: false } });
  await lab.preview([box("some"), both[1]!]);
});

scenario("knows a renamed resource by its alias", async (lab) => {
  await lab.up([step("old")]);
  const renamed = { ...step("old"), name: "new", options: { aliases: [{ name: "old" }] } };
  expect(await lab.preview([renamed])).toEqual({});
  await lab.up([renamed]);
  expect(lab.effects()).toEqual(["create old 1"]);
});

scenario("deletes what was protected once an update has lifted the protection", async (lab) => {
  await lab.up([step("safe", "1", { protect: true })]);
  await lab.up([step("safe")]);
  await lab.up([]);
  expect(lab.effects()).toEqual(["create safe 1", "delete safe 1"]);
});

scenario("runs a beforeCreate hook, and creates nothing when it fails", async (lab) => {
  const hooked = (fails: boolean) => [step("a", "1", { hook: { when: "beforeCreate", fails } })];
  await lab.up(hooked(true), { fails: /hook says no/ });
  expect(lab.effects()).toEqual(["hook beforeCreate a"]);
  await lab.up(hooked(false));
  expect(lab.effects().slice(1)).toEqual(["hook beforeCreate a", "create a 1"]);
  await lab.up(hooked(false));
  expect(lab.effects()).toHaveLength(3);
});

scenario("a refresh finds a container that was removed by hand, and the next up makes it again", async (lab) => {
  const resources = [box("box"), step("a", "1", { dependsOn: ["box"] })];
  await lab.up(resources);
  await containerOf(lab.prefix, "box").remove({ force: true });
  await lab.refresh();
  expect(Object.keys(lab.state())).not.toContain("box");
  expect(await lab.preview(resources)).toEqual({ box: "create" });
  await lab.up(resources);
  expect(await lab.containers()).toMatchObject({ box: { running: true } });
});

scenario("a refresh finds a container that was stopped, and the next up starts it", async (lab) => {
  await lab.up([box("box")]);
  await containerOf(lab.prefix, "box").stop({ t: 0 });
  await lab.refresh();
  expect(lab.state().box).toMatchObject({ outputs: { mustRun: false, exitCode: 137 } });
  expect(await lab.preview([box("box")])).toEqual({ box: "update" });
  await containerOf(lab.prefix, "box").start();
  await containerOf(lab.prefix, "box").stop({ t: 0 });
  await lab.up([box("box")], { args: ["--refresh"] });
  expect(await lab.containers()).toMatchObject({ box: { running: true } });
});
