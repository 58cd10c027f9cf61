import { randomBytes, randomInt } from "node:crypto";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InitError, type Props, type ResourceProvider } from "../../../../engine/provider.ts";
import { container } from "../../../../engine/providers/docker/container.ts";
import { network } from "../../../../engine/providers/docker/network.ts";
import { remoteImage } from "../../../../engine/providers/docker/remote-image.ts";
import { volume } from "../../../../engine/providers/docker/volume.ts";
import { contextOf } from "../context.ts";

const docker = new Docker();
const prefix = `sb-prov-${randomBytes(3).toString("hex")}`;
const subnet = `10.${randomInt(200, 250)}.${randomInt(64) * 4}`;
const labels = [{ label: "switchback.test", value: prefix }];
const made: { provider: ResourceProvider; id: string; inputs: Props; outputs: Props }[] = [];

async function create(provider: ResourceProvider, given: Props) {
  const { inputs, failures } = provider.check(undefined, given);
  expect(failures).toEqual([]);
  const { id, outputs } = await provider.create(inputs, contextOf(`urn:pulumi:s::p::${provider.type}::x`));
  made.push({ provider, id, inputs, outputs });
  return { id, inputs, outputs, same: () => provider.diff(id, inputs, outputs, inputs).detailed };
}

const sleeping = (name: string, more: Props = {}): Props => ({
  name: `${prefix}-${name}`,
  image: "debian:trixie-slim",
  command: ["sleep", "infinity"],
  labels,
  ...more,
});
const inspect = (name: string) => docker.getContainer(`${prefix}-${name}`).inspect();

afterAll(async () => {
  for (const { provider, id, inputs, outputs } of made.reverse())
    await provider.delete(id, inputs, outputs, contextOf("urn"));
  const left = await docker.listContainers({ all: true, filters: { label: [`switchback.test=${prefix}`] } });
  for (const { Id } of left) await docker.getContainer(Id).remove({ force: true });
}, 60_000);

let networkId = "";
beforeAll(async () => {
  const one = await create(network, {
    name: `${prefix}-a`,
    internal: true,
    ipamConfigs: [{ subnet: `${subnet}.0/24`, gateway: `${subnet}.1` }],
    labels,
  });
  networkId = one.id;
  expect(one.same()).toEqual({});
  expect(one.outputs).toMatchObject({ driver: "bridge", internal: true, scope: "local", options: {}, ipv6: false });
  await create(network, {
    name: `${prefix}-b`,
    ipamConfigs: [{ subnet: `${subnet.replace(/\d+$/, (n) => `${Number(n) + 1}`)}.0/24` }],
    labels,
  });
  await create(volume, { name: `${prefix}-v`, labels });
});

describe("network and volume", () => {
  it("are read back without a difference, and are undefined when gone", async () => {
    for (const { provider, id, inputs, outputs } of made.slice(0, 3)) {
      const read = await provider.read(id, inputs, outputs, contextOf("urn"));
      expect(read?.inputs).toEqual(inputs);
      expect(provider.diff(id, read!.inputs, read!.outputs, inputs).detailed).toEqual({});
    }
    expect(await network.read("0".repeat(64), {}, {}, contextOf("urn"))).toBeUndefined();
    expect(await volume.read(`${prefix}-gone`, {}, {}, contextOf("urn"))).toBeUndefined();
  });

  it("are replaced for any change, the old one deleted first", async () => {
    const { id, inputs, outputs } = made[0]!;
    const change = network.diff(id, inputs, outputs, { ...inputs, internal: false });
    expect(change).toEqual({ detailed: { internal: "update-replace" }, deleteBeforeReplace: true });
  });

  it("refuses a second network of the same name", async () => {
    await expect(create(network, { name: `${prefix}-a` })).rejects.toThrow(
      `Unable to create network: Error response from daemon: network with name ${prefix}-a already exists`,
    );
  });
});

describe("remote image", () => {
  it("finds an image that is there, and keeps it", async () => {
    const { id, outputs, same } = await create(remoteImage, { name: "debian:trixie-slim", keepLocally: true });
    expect(outputs.imageId).toMatch(/^sha256:/);
    expect(id).toBe(`${String(outputs.imageId)}debian:trixie-slim`);
    expect(same()).toEqual({});
  });

  it("says that an image id cannot be pulled", async () => {
    const id = `sha256:${"0".repeat(64)}`;
    await expect(create(container, sleeping("noimage", { image: id }))).rejects.toThrow(
      /cannot be pulled, so build or load it first/,
    );
  });
});

describe("container", () => {
  it("runs with everything that was asked for", async () => {
    const { same, outputs } = await create(
      container,
      sleeping("full", {
        envs: ["A=1"],
        user: "1000:1000",
        workingDir: "/tmp",
        networksAdvanced: [
          { name: `${prefix}-a`, aliases: ["full"], ipv4Address: `${subnet}.9` },
          { name: `${prefix}-b` },
        ],
        volumes: [{ volumeName: `${prefix}-v`, containerPath: "/data" }],
        mounts: [{ type: "tmpfs", target: "/scratch", tmpfsOptions: { sizeBytes: 1048576 } }],
        tmpfs: { "/run": "size=1m" },
        uploads: [
          { file: "/etc/a", content: "hello" },
          { file: "/etc/b", contentBase64: "aGk=", executable: true },
          { file: "/etc/c", content: "x", permissions: "0600" },
        ],
        ...{ memory: 64, memorySwap: 64, restart: "on-failure", maxRetryCount: 3, init: true, stopTimeout: 5 },
        healthcheck: { tests: ["CMD", "true"], interval: "1m30s" },
        securityOpts: ["no-new-privileges"],
        capabilities: { drops: ["ALL"] },
        hosts: [{ host: "db", ip: "1.2.3.4" }],
        sysctls: { "net.core.somaxconn": "128" },
        logOpts: { "max-size": "1m" },
      }),
    );
    expect(same()).toEqual({});
    const found = await inspect("full");
    expect(found.State.Running).toBe(true);
    expect(found.NetworkSettings.Networks[`${prefix}-a`]).toMatchObject({
      IPAddress: `${subnet}.9`,
      NetworkID: networkId,
    });
    expect(Object.keys(found.NetworkSettings.Networks).sort()).toEqual([`${prefix}-a`, `${prefix}-b`]);
    expect(found.HostConfig).toMatchObject({
      Memory: 64 * 2 ** 20,
      MemorySwap: 64 * 2 ** 20,
      CapDrop: ["ALL"],
      Init: true,
    });
    expect(found.Config).toMatchObject({ User: "1000:1000", Env: expect.arrayContaining(["A=1"]) });
    expect(found.Config.Healthcheck?.Interval).toBe(90e9);
    expect(outputs).toMatchObject({
      memory: 64,
      wait: false,
      rm: false,
      attach: false,
      envs: ["A=1"],
      storageOpts: null,
    });
    const exec = await docker
      .getContainer(`${prefix}-full`)
      .exec({ Cmd: ["stat", "-c", "%a", "/etc/a", "/etc/b", "/etc/c"], AttachStdout: true });
    const stream = await exec.start({});
    let text = "";
    for await (const part of stream) text += part;
    expect(text.match(/\d{3}/g)).toEqual(["644", "744", "600"]);
  });

  it("changes memory and restart in place", async () => {
    const { id, inputs, outputs } = await create(container, sleeping("update", { memory: 32, memorySwap: 32 }));
    const next = { ...inputs, memory: 48, memorySwap: 48, restart: "always" };
    const updated = await container.update(id, inputs, outputs, next, contextOf("urn"));
    expect(updated).toMatchObject({ memory: 48, memorySwap: 48, restart: "always" });
    expect((await inspect("update")).HostConfig).toMatchObject({
      Memory: 48 * 2 ** 20,
      RestartPolicy: { Name: "always" },
    });
    expect(container.diff(id, next, updated, next).detailed).toEqual({});
  });

  it("is started again by the update after a refresh has found it stopped", async () => {
    const { id, inputs, outputs } = await create(container, sleeping("stopped"));
    await docker.getContainer(id).stop({ t: 0 });
    const read = await container.read(id, inputs, outputs, contextOf("urn"));
    expect(read?.outputs).toMatchObject({ mustRun: false, exitCode: 137 });
    expect(read?.inputs.mustRun).toBe(false);
    expect(container.diff(id, read!.inputs, read!.outputs, inputs).detailed).toEqual({ mustRun: "update" });
    const updated = await container.update(id, read!.inputs, read!.outputs, inputs, contextOf("urn"));
    expect(updated.mustRun).toBe(true);
    expect((await inspect("stopped")).State.Running).toBe(true);
  });

  it("is undefined when it is gone", async () => {
    const { id, inputs, outputs } = await create(container, sleeping("gone"));
    await docker.getContainer(id).remove({ force: true });
    expect(await container.read(id, inputs, outputs, contextOf("urn"))).toBeUndefined();
    await container.delete(id, inputs, outputs, contextOf("urn"));
  });

  it("gets the host port that Docker chose, and does not differ for it", async () => {
    const { outputs, same } = await create(container, sleeping("port", { ports: [{ internal: 80, ip: "127.0.0.1" }] }));
    expect((outputs.ports as Props[])[0]?.external).toBeGreaterThan(1024);
    expect(same()).toEqual({});
  });

  it("waits for its health check", async () => {
    const { outputs } = await create(
      container,
      sleeping("healthy", { wait: true, waitTimeout: 20, healthcheck: { tests: ["CMD", "true"], interval: "500ms" } }),
    );
    expect(outputs.healthcheck).toMatchObject({ interval: "500ms", startPeriod: "0s" });
  });

  it.each<[string, Props, RegExp]>([
    [
      "the wait times out",
      { wait: true, waitTimeout: 1, healthcheck: { tests: ["CMD", "false"], interval: "1s" } },
      /healthy state/,
    ],
    ["there is nothing to wait for", { wait: true }, /expected a health check to `wait` for/],
    ["it cannot start", { command: ["/nowhere"] }, /Unable to start container: Error response from daemon/],
    ["its network is unknown", { networksAdvanced: [{ name: "nowhere" }] }, /nowhere not found/],
    ["an upload has no content", { uploads: [{ file: "/f" }] }, /upload \/f: expected exactly one of/],
  ])("stays behind, with the reason, when %s", async (_, more, reason) => {
    const error = await create(container, sleeping(randomBytes(3).toString("hex"), more)).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(InitError);
    const { id, outputs, reasons } = error as InitError;
    made.push({ provider: container, id, inputs: {}, outputs });
    expect(reasons.join()).toMatch(reason);
    expect(outputs).toMatchObject({ id, mustRun: true });
  });

  it("is given its time to stop on delete", async () => {
    const { id, inputs, outputs } = await create(
      container,
      sleeping("grace", {
        command: ["sh", "-c", "trap 'sleep 0.5; exit 0' TERM; while :; do sleep 0.1; done"],
        destroyGraceSeconds: 5,
      }),
    );
    const start = Date.now();
    await container.delete(id, inputs, outputs, contextOf("urn"));
    expect(Date.now() - start).toBeGreaterThan(450);
    await expect(inspect("grace")).rejects.toThrow(/no such container/i);
  });
});
