import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ask, changedIn, docker, engine, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack({}, { copies: ["releases"] });
  await stack.upOk();
});
afterAll(() => stack.cleanup());

const run = (...args: string[]) => stack.switchback(...args, "--engine", engine);
const json = async (...args: string[]) => JSON.parse((await stack.ok(...args, "--json", "--engine", engine)).stdout);

describe("what an operator types", () => {
  it("shows on one screen which level is possible now, and why a lower one is not, in 80 columns", async () => {
    const { stdout } = await stack.ok("status", "--engine", engine);
    expect(stdout).toMatch(/^level +1 yes: 1\.0\.0, warm in blue; until the other color gets another/m);
    expect(stdout).toMatch(/^rollback +there was none$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const status = await json("status");
    expect(status.levels.value[0]).toMatchObject({ level: 1, possible: "yes", to: "1.0.0" });
  });

  it("watches the status as one line of JSON each time, into a pipe, until it is stopped", async () => {
    const child = stack.start("status", "--watch", "--json", "--engine", engine);
    const lines: string[] = [];
    child.stdout!.setEncoding("utf8").on("data", (text: string) => lines.push(...text.split("\n").filter(Boolean)));
    const code = new Promise((resolve) => child.once("exit", resolve));
    await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(1);
    expect(JSON.parse(lines[0]!)).toMatchObject({ stack: stack.stack });
    process.kill(-child.pid!, "SIGINT");
    expect(await code).toBe(0);
  });

  it("puts the maintenance page up and takes it away, by config and the same up", async () => {
    const { stdout } = await stack.ok("maintenance", "on", "--reason", "a move", "--yes", "--engine", engine);
    expect(stdout).toContain("- router.maintenance: false\n+ router.maintenance: true\n");
    expect((await ask(`${stack.url}/version`)).status).toBe(503);
    expect(parse(readFileSync(stack.configFile, "utf8")).config["switchback:router"].maintenance).toBe(true);
    expect(await json("maintenance", "off", "--reason", "moved", "--yes")).toMatchObject({ status: "done" });
    expect(await served(stack)).toBe("200 green 1.1.0");
    expect(await changedIn(stack)).toEqual([]);
  });

  it("refuses without a reason, and where nobody can confirm", async () => {
    expect((await run("maintenance", "on", "--yes")).stderr).toContain('expected --reason "why"');
    expect((await run("maintenance", "on", "--reason", "x")).stderr).toContain("pass --yes to go on without asking");
    expect((await run("clear", "--reason", "x", "--yes")).stderr).toContain("expected a stack that is isolated");
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("restarts a service and waits until it is ready; another name is refused with those that there are", async () => {
    const name = stack.container("blue-orders-1");
    const before = (await docker.getContainer(name).inspect()).State.StartedAt;
    const { containers } = await json("restart", "orders", "--side", "blue", "--reason", "it leaks");
    expect(containers).toEqual([name]);
    const { State } = await docker.getContainer(name).inspect();
    expect(State.Running && State.StartedAt > before).toBe(true);
    expect((await stack.journal()).at(-1)).toMatchObject({ event: "restarted", reason: "it leaks" });
    const { stderr } = await stack.ok("restart", "orders", "--reason", "both leak", "--json", "--engine", engine);
    expect(stderr.match(/.* is the only one .*/g)).toEqual([
      `${stack.container("green-orders-1")} is the only one of orders in green, which serves: requests to it fail until it is ready`,
    ]);
    expect((await run("restart", "web", "--reason", "x")).stderr).toMatch(/expected one of orders, router.*, got web/);
    expect(await changedIn(stack)).toEqual([]);
  });

  it("captures how things are into a folder with a manifest", async () => {
    const folder = join(stack.dir, "captured");
    const { files, left } = await json("capture", "--to", folder, "--reason", "to look at");
    expect(left).toEqual([]);
    expect(readFileSync(join(folder, "MANIFEST.sha256"), "utf8").trim().split("\n")).toHaveLength(files);
    expect(JSON.parse(readFileSync(join(folder, "capture.json"), "utf8"))).toMatchObject({ reason: "to look at" });
    expect(existsSync(join(folder, "containers", stack.container("router"), "inspect.json"))).toBe(true);
  });

  it("tags a release, goes by the tag, and compares and composes releases", async () => {
    await stack.ok("releases", "tag", "1.0.0", "--reason", "it ran for a month", "--engine", engine);
    expect(await json("releases", "list")).toContainEqual(
      expect.objectContaining({ tag: "1.0.0", places: ["blue"], tags: ["golden"] }),
    );
    const { stdout } = await stack.ok("rollback", "--target", "golden", "--dry-run", "--engine", engine);
    expect(stdout).toContain("verdict: allowed: level 1, green 1.1.0 -> blue 1.0.0");
    expect(await json("releases", "diff", "golden", "2.0.0")).toContainEqual({
      what: "releaseSet",
      a: "orders",
      b: "orders-2",
    });
    await stack.ok("releases", "compose", "1.2.0", "orders=1.1.0", "--engine", engine);
    expect(parse(readFileSync(join(stack.dir, "releases/1.2.0.yaml"), "utf8")).services).toEqual({
      orders: { release: "1.1.0" },
    });
    expect((await run("releases", "compose", "1.2.0", "orders=1.0.0")).stderr).toContain("expected a new tag");
  });

  it("records a release from images that were built here, and the id of each, once", async () => {
    const built = await docker.getImage("switchback/orders:1.1.0").inspect();
    await docker.getImage(built.Id).tag({ repo: "switchback/orders", tag: "1.3.0" });
    try {
      await stack.ok("releases", "record", "1.3.0", "--engine", engine);
      expect(parse(readFileSync(join(stack.dir, "releases/1.3.0.yaml"), "utf8"))).toEqual({
        services: { orders: { local: true } },
        releaseSet: "orders",
        // Those of 1.1.0, which serves.
        schema: { target: "2", min: "2" },
      });
      const record = JSON.parse(readFileSync(join(stack.dir, ".switchback/images.json"), "utf8"));
      expect(record["switchback/orders:1.3.0"]).toBe(built.Id);
      const again = await stack.ok("releases", "record", "1.3.0", "--engine", engine);
      expect(again.stdout).toContain("recorded the images of releases/1.3.0.yaml, which is as it was");
      expect((await run("releases", "record", "1.3.0", "--set", "orders-2")).stderr).toContain(
        "expected a new tag, got 1.3.0",
      );
      await stack.upOk({ colors: { blue: { imageTag: "1.3.0" }, green: { imageTag: "1.1.0" } } });
      expect((await run("releases", "record", "7.0.0")).stderr).toContain(
        "orders: expected the image switchback/orders:7.0.0, got none; pull or build it",
      );
    } finally {
      await docker.getImage("switchback/orders:1.3.0").remove();
    }
  });

  it("has no backups to show without a database, and says so", async () => {
    expect((await run("backups")).stderr).toContain("expected a stack with a database, got none");
  });
});
