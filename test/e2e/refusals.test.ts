import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { docker, engine, inside, ordersWith, served, type TestStack, testStack } from "./stack.ts";

const other = `switchback/e2e-${randomBytes(3).toString("hex")}`;
let stack: TestStack;

beforeAll(async () => {
  stack = await testStack();
  await stack.upOk();
});
afterAll(() => stack.cleanup());
beforeEach(() =>
  stack.set({
    activeColor: "green",
    colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } },
    services: { orders: ordersWith({}) },
  }),
);

/** What `up` says when it refuses; preview must say the same, and nothing may have changed. */
async function refusal(
  changes: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const before = await stack.journal();
  Object.assign(process.env, env);
  try {
    const up = await stack.up(changes);
    const preview = await stack.switchback("preview", "--engine", engine);
    expect(up.code, up.stdout + up.stderr).not.toBe(0);
    expect(preview.code).not.toBe(0);
    const added = (await stack.journal()).slice(before.length);
    if (Object.keys(env).length === 0) expect(added.filter(({ event }) => event !== "refused")).toEqual([]);
    return up.stdout + up.stderr;
  } finally {
    for (const key of Object.keys(env)) delete process.env[key];
    expect(await served(stack)).toBe("200 green 1.1.0");
  }
}

describe("refused with a clear sentence, and no change:", () => {
  it("a target that is absent", async () => {
    expect(await refusal({ activeColor: "blue", colors: { blue: null, green: { imageTag: "1.1.0" } } })).toContain(
      "colors.blue: expected the active color to be declared, got null",
    );
  });

  it("config with several mistakes, all told at once", async () => {
    const output = await refusal({
      activeColor: "red",
      colors: { blue: { imageTag: 1.1 }, green: { imageTag: "1.1.0" } },
    });
    expect(output).toContain('activeColor: expected one of "blue"|"green", got "red"');
    expect(output).toContain("colors.blue.imageTag: expected a string; quote it in YAML");
  });

  it("a target that is not healthy", async () => {
    const container = docker.getContainer(stack.container("blue-orders-1"));
    await container.pause();
    try {
      expect(await refusal({ activeColor: "blue" })).toMatch(/health: .*blue-orders-1 is not ready/);
    } finally {
      await container.unpause();
    }
  });

  it("a change of the color that serves", async () => {
    expect(await refusal({ colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.0.0" } } })).toContain(
      "activeColorFrozen: expected no change of green, which serves, got changes to orders",
    );
    expect(await refusal({ services: { orders: ordersWith({ memoryMb: 200 }) } })).toContain(
      "pulumi config set --path colors.blue.imageTag",
    );
    expect(await refusal({ activeColor: "blue", colors: { blue: { imageTag: "1.0.0" }, green: null } })).toContain(
      "removal of orders",
    );
  });

  it("an unknown release", async () => {
    expect(await refusal({ colors: { blue: { imageTag: "9.9.9" }, green: { imageTag: "1.1.0" } } })).toContain(
      "releases/9.9.9.yaml: expected this file to describe the release 9.9.9, got none",
    );
  });

  it("a Docker engine that does not answer", async () => {
    expect(await refusal({ activeColor: "blue" }, { DOCKER_HOST: "unix:///nowhere/docker.sock" })).toContain(
      "docker: expected a Docker engine at unix:///nowhere/docker.sock",
    );
  });

  it("a target that runs another image than the recorded one", async () => {
    const { Id, Config, HostConfig, NetworkSettings } = await docker
      .getContainer(stack.container("blue-orders-1"))
      .inspect();
    const blue = docker.getContainer(Id);
    const green = await docker.getContainer(stack.container("green-orders-1")).inspect();
    const address = NetworkSettings.Networks[`${stack.stack}-blue`]?.IPAddress;
    await blue.rename({ name: `${stack.stack}-kept` });
    await docker.getNetwork(`${stack.stack}-blue`).disconnect({ Container: Id, Force: true });
    const swapped = await docker.createContainer({
      name: stack.container("blue-orders-1"),
      Image: green.Image,
      Labels: Config.Labels,
      HostConfig: { Memory: HostConfig.Memory, NetworkMode: `${stack.stack}-blue` },
      NetworkingConfig: { EndpointsConfig: { [`${stack.stack}-blue`]: { IPAMConfig: { IPv4Address: address } } } },
    } as never);
    await swapped.start();
    try {
      expect(await refusal({ activeColor: "blue" })).toMatch(/image: expected .*blue-orders-1 to run sha256:/);
    } finally {
      await swapped.remove({ force: true });
      await docker.getNetwork(`${stack.stack}-blue`).connect({
        Container: Id,
        EndpointConfig: { IPAMConfig: { IPv4Address: address } },
      } as never);
      await blue.rename({ name: stack.container("blue-orders-1") });
    }
  });

  it("a config that says another color than a standing override, with the two ways out", async () => {
    await inside(stack, "router", "switchback-route blue --because 'green is down' --by ann");
    expect(await served(stack)).toBe("200 blue 1.0.0");
    const { stdout, stderr, code } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout + stderr).toMatch(/ann routed to blue by hand at .* \(green is down\), but activeColor says green/);
    expect(stdout + stderr).toContain("pulumi config set activeColor blue");
    await inside(stack, "router", "switchback-route --clear");
    expect(await served(stack)).toBe("200 green 1.1.0");
    await stack.upOk();
  });

  it.runIf(engine === "embedded")(
    "--target and --continue-on-error, which the embedded engine does not have",
    async () => {
      for (const flag of ["--target", "--continue-on-error"]) {
        const { code, stderr } = await stack.switchback("up", "--yes", flag, "--engine", engine);
        expect(code).not.toBe(0);
        expect(stderr).toContain(`the embedded engine does not support ${flag} for up; leave it out`);
      }
    },
  );

  it.runIf(engine === "pulumi")("--target and --continue-on-error do not get the traffic past the gate", async () => {
    const urn = `urn:pulumi:${stack.stack}::switchback::switchback:index:Router$command:local:Command::router`;
    const up = ["up", "--yes", "--skip-preview", "--engine", engine];
    const blue = (changes: object) => ({
      activeColor: "blue",
      colors: { blue: { imageTag: "1.0.0", ...changes }, green: { imageTag: "1.1.0" } },
    });
    const refused = async (changes: object, flags: string[], why: RegExp) => {
      stack.set(blue(changes));
      const { code, stdout, stderr } = await stack.switchback(...up, ...flags);
      expect(code).not.toBe(0);
      expect(stdout + stderr).toMatch(why);
      expect(await served(stack)).toBe("200 green 1.1.0");
    };
    // Blue is left as it was, so it is not what the traffic would be said to go to.
    await refused({ imageTag: "1.1.0" }, ["--target", urn], /expected \S+ to run the recorded image/);
    const services = { orders: { env: { NEW: "1" } } };
    await refused({ services }, ["--target", urn], /expected \S+ to be made of the config as it is now/);
    // Blue cannot be made; the router depends on it.
    const broken = { orders: { user: "nobody-of-that-name" } };
    await refused({ services: broken }, ["--continue-on-error"], /nobody-of-that-name/);
    stack.set({ activeColor: "green", colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } } });
    await stack.upOk();
  });

  it("an image that was rebuilt or swapped under its old tag, before a container is made of it", async () => {
    const images = JSON.parse(
      await (await import("node:fs/promises")).readFile(`${stack.dir}/.switchback/images.json`, "utf8"),
    );
    const recorded = docker.getImage(images["switchback/orders:1.0.0"]);
    await recorded.tag({ repo: other, tag: "kept" });
    await docker.getImage(images["switchback/orders:1.1.0"]).tag({ repo: "switchback/orders", tag: "1.0.0" });
    try {
      const colors = {
        blue: { imageTag: "1.0.0", services: { orders: { env: { NEW: "1" } } } },
        green: { imageTag: "1.1.0" },
      };
      expect(await refusal({ colors })).toContain("it was rebuilt or swapped; give the new image a new tag");
    } finally {
      await recorded.tag({ repo: "switchback/orders", tag: "1.0.0" });
      await docker.getImage(`${other}:kept`).remove();
    }
  });
});
