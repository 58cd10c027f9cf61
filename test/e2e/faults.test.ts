import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { changesOf } from "../../operations/journal/changes.ts";
import { docker, engine, freePort, inside, ordersWith, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;

const said = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr;

describe("what goes wrong in a change leaves the traffic where it was:", () => {
  beforeAll(async () => {
    stack = await testStack({}, { copies: ["sets"] });
    await stack.upOk();
  });
  afterAll(() => stack.cleanup());

  it("a color that never gets ready, in a release made anew", async () => {
    const never = {
      blue: { imageTag: "1.0.0", services: { orders: { env: { ORDERS_NEVER_READY: "1" } } } },
      green: { imageTag: "1.1.0" },
    };
    const failed = await stack.up({
      activeColor: "blue",
      colors: never,
      router: { port: stack.port, gate: { timeoutSeconds: 3 } },
    });
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toMatch(/expected blue to be ready within 3 s, got .*blue-orders-1: \/ready answered 503/);
    expect(await served(stack)).toBe("200 green 1.1.0");
    // The same config fails again, and the old one brings everything back.
    expect((await stack.up()).code).not.toBe(0);
    const colors = { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } };
    await stack.upOk({ activeColor: "green", colors, router: { port: stack.port } });
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("a release set whose nginx snippet is broken", async () => {
    mkdirSync(`${stack.dir}/sets/broken`);
    writeFileSync(`${stack.dir}/sets/broken/set.yaml`, "{}");
    writeFileSync(`${stack.dir}/sets/broken/nginx.conf`, "no_such_directive on;");
    const failed = await stack.up({
      activeColor: "blue",
      colors: { blue: { imageTag: "1.0.0", releaseSet: "broken" }, green: { imageTag: "1.1.0" } },
    });
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toContain('unknown directive "no_such_directive"');
    expect(await served(stack)).toBe("200 green 1.1.0");
    await stack.upOk({ colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } } });
    expect(await served(stack)).toBe("200 blue 1.0.0");
  });

  it("an engine's state that was lost: what serves is not taken for a leftover", async () => {
    for (const folder of ["state", "pulumi"])
      rmSync(`${stack.dir}/.switchback/${folder}`, { recursive: true, force: true });
    const failed = await stack.up({ services: { orders: ordersWith({}) } });
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toMatch(/got a (live container|network in use) that the (engine's )?state does not know/);
    expect(await served(stack)).toBe("200 blue 1.0.0");
  });
});

describe("what stands in the way of a stack is named, and passes:", () => {
  afterEach(() => stack.cleanup());

  it("a port that somebody else has: the first `up` fails with the reason, the next one comes up", async () => {
    stack = await testStack();
    const taken: Server = createServer().listen(stack.port, "127.0.0.1");
    const failed = await stack.up();
    taken.close();
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toMatch(/address already in use|port is already allocated/);
    await stack.upOk();
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("a router's port that somebody else has: the journal says once that the change failed, whoever ran it", async () => {
    stack = await testStack();
    await stack.upOk();
    const port = await freePort();
    const taken: Server = createServer().listen(port, "127.0.0.1");
    stack.set({ activeColor: "blue", router: { port } });
    const failed = await stack.shell(
      engine === "pulumi"
        ? `PULUMI_BACKEND_URL="file://$PWD/.switchback/pulumi" pulumi up --yes --skip-preview --stack ${stack.stack}`
        : `npx switchback up --yes --skip-preview --stack ${stack.stack}`,
    );
    taken.close();
    expect(said(failed)).toMatch(/address already in use|port is already allocated/);
    expect(failed.code).not.toBe(0);
    const told = async () => changesOf(await stack.journal()).map(({ status, to }) => ({ status, to }));
    // Pulumi's CLI does not wait for the program that it ends.
    await expect.poll(told).toEqual([
      { status: "done", to: "green 1.1.0" },
      { status: "failed", to: "blue 1.0.0" },
    ]);
    expect((await stack.journal()).filter(({ event }) => event === "failed")).toHaveLength(1);
    // Nothing is left that the next run has to wait for.
    await stack.upOk({ router: { port: stack.port } });
    expect(await served(stack)).toBe("200 blue 1.0.0");
  });

  it.runIf(engine === "pulumi")(
    "Ctrl-C of a plain `pulumi up`: the change failed, and the next one goes on",
    async () => {
      stack = await testStack();
      await stack.upOk();
      const blue = { imageTag: "1.0.0", services: { orders: { env: { ORDERS_NEVER_READY: "1" } } } };
      const router = { port: stack.port, gate: { timeoutSeconds: 60 } };
      stack.set({ activeColor: "blue", colors: { blue, green: { imageTag: "1.1.0" } }, router });
      const stopped = await stack.shell(
        `PULUMI_BACKEND_URL="file://$PWD/.switchback/pulumi" timeout -s INT 15 pulumi up --yes --skip-preview --stack ${stack.stack}`,
      );
      expect(stopped.code).not.toBe(0);
      const status = async () => changesOf(await stack.journal()).map(({ status }) => status);
      await expect.poll(status, { timeout: 30_000 }).toEqual(["done", "failed"]);
      await stack.upOk({ activeColor: "green", colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } } });
      expect(await served(stack)).toBe("200 green 1.1.0");
    },
  );

  it("no room left on the router's volume, and room again", async () => {
    stack = await testStack();
    await docker.createVolume({
      Name: stack.container("router"),
      DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=256k,uid=10001,mode=0700" },
      Labels: { "switchback.stack": stack.stack, "switchback.role": "volume" },
    });
    await stack.upOk();
    await inside(stack, "router", "head -c 1M /dev/zero > /var/lib/switchback/ballast || true");
    const failed = await stack.up({ activeColor: "blue" });
    expect(failed.code).not.toBe(0);
    expect(said(failed)).toMatch(/expected to write \S+, got an error with \d+ KiB free on its volume; make room/);
    expect(await served(stack)).toBe("200 green 1.1.0");
    await inside(stack, "router", "rm /var/lib/switchback/ballast");
    await stack.upOk();
    expect(await served(stack)).toBe("200 blue 1.0.0");
  });

  it("containers and networks that a killed first run left behind", async () => {
    stack = await testStack();
    const labels = {
      "switchback.stack": stack.stack,
      "switchback.role": "service",
      "switchback.color": "green",
      "switchback.service": "orders",
    };
    await docker.createNetwork({ Name: stack.container("blue"), Labels: { "switchback.stack": stack.stack } });
    const left = await docker.createContainer({
      name: stack.container("green-orders-1"),
      Image: "debian:trixie-slim",
      Cmd: ["sleep", "600"],
      Labels: labels,
    });
    await left.start();
    const { stdout } = await stack.upOk();
    expect(stdout).toContain(
      `removing the container ${stack.container("green-orders-1")}, left behind by a run that was killed`,
    );
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("a container of that name which is somebody else's: refused, and left alone", async () => {
    stack = await testStack();
    const foreign = await docker.createContainer({
      name: stack.container("green-orders-1"),
      Image: "debian:trixie-slim",
      Cmd: ["true"],
      Labels: { "switchback.test": "faults" },
    });
    try {
      const failed = await stack.up();
      expect(failed.code).not.toBe(0);
      expect(said(failed)).toContain(
        `expected the container name ${stack.container("green-orders-1")} to be free, got a container that is not part of stack`,
      );
      await expect(foreign.inspect()).resolves.toBeDefined();
    } finally {
      await foreign.remove({ force: true });
    }
    await stack.upOk();
  });
});
