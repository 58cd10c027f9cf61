import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { query } from "./database.ts";
import { ask, docker, engine, inside, type TestStack } from "./stack.ts";
import { expecting, failing, notOk, quick, validatedStack, without } from "./validation.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await validatedStack();
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

const names = async () => failing(await quick(stack)).map(([name]) => name.replaceAll(`${stack.stack}-`, ""));

describe("a validation", () => {
  it("finds everything ok when it is thorough too", async () => {
    const { code, stdout } = await stack.switchback("validate", "--thorough", "--engine", engine);
    expect(stdout.split("\n").filter((line) => /^(fail|unknown) /.test(line))).toEqual([]);
    expect(stdout).toMatch(/ok +page checksums/);
    expect(stdout).toMatch(/ok +journal +whole/);
    expect(code).toBe(0);
  });

  it("names the color that serves when it is dead, what that costs, and the command that moves the traffic", async () => {
    const report = await without(stack, "green-orders-1", () => quick(stack));
    const found = failing(report);
    expect(found.map(([name]) => name.replaceAll(`${stack.stack}-`, "")).sort()).toEqual([
      "container green-orders-1",
      "error rate",
      "router orders",
      "smoke orders echo",
      "smoke orders front",
      "version orders through the router",
      "websocket orders/ws through the router",
    ]);
    expect(found[0]![1]).toContain(`switchback config set activeColor blue --stack ${stack.stack} && switchback up`);
  });

  it("names a schema that somebody moved, and a container that somebody cut from its network", async () => {
    const [last] = await query(stack, "select id, position from switchback.migrations order by position desc limit 1");
    await query(stack, `update switchback.migrations set id = 'moved' where position = ${last!.position}`);
    expect(await names()).toEqual(["schema head"]);
    await query(stack, `update switchback.migrations set id = '${last!.id}' where position = ${last!.position}`);
    const network = docker.getNetwork(stack.container("blue"));
    const cut = stack.container("blue-orders-1");
    const { IPAddress } = (await docker.getContainer(cut).inspect()).NetworkSettings.Networks[stack.container("blue")]!;
    await network.disconnect({ Container: cut });
    expect(await names()).toEqual(expect.arrayContaining(["network blue", "health blue-orders-1"]));
    await network.connect({
      Container: cut,
      EndpointConfig: { IPAMConfig: { IPv4Address: IPAddress }, Aliases: ["orders"] },
    });
    expect(await names()).toEqual([]);
  });

  it("names a table whose rows went since the last backup point, and asks nothing of a color that is closed", async () => {
    for (let at = 0; at < 20; at++) {
      const order = { item: "book", price: 2 };
      const { status } = await ask(`${stack.url}/orders`, { method: "POST", body: JSON.stringify(order) });
      expect(status).toBe(201);
    }
    await stack.upOk({ activeColor: "blue" });
    const colors = { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } };
    await stack.upOk({ colors, activeColor: "green", schemaVersion: "4" });
    const report = await quick(stack);
    expect(notOk(report)).toEqual([]);
    const shown = (name: string) => report.checks.find((check) => check.name === name)?.value;
    expect(shown(`health ${stack.container("blue-orders-1")}`)).toBe("live; its color is closed");
    expect(shown("pooler blue")).toBe("closed");
    await query(stack, "delete from public.orders where ctid in (select ctid from public.orders limit 5)");
    expect(failing(await quick(stack))).toEqual([["rows", expect.stringContaining("docs/recovery.md")]]);
  });

  it("names a database and a router that do not run, and leaves what hangs on them unknown", async () => {
    const database = await without(stack, "database-initial", () => quick(stack));
    expect(notOk(database).join("\n")).toContain("unknown schema head");
    expect(failing(database).map(([name]) => name)).toContain(`container ${stack.container("database-initial")}`);
    const router = await without(stack, "router", () => quick(stack));
    expect(failing(router).map(([name]) => name)).toContain(`container ${stack.container("router")}`);
    expect(notOk(router).join("\n")).toContain("unknown traffic");
  });

  it("names what breaks a threshold: a disk, errors in a log", async () => {
    const full = (
      await expecting(
        stack,
        (old) => ({ ...old, thresholds: { ...old.thresholds, diskPercent: 0 } }),
        () => quick(stack),
      )
    ).checks;
    expect(full.find(({ name }) => name === "disk of the records")).toMatchObject({
      verdict: "fail",
      threshold: "at most 0 %",
    });
    await inside(
      stack,
      "blue-orders-1",
      "for n in 1 2 3 4 5 6 7 8 9 10 11; do echo 'Error: made up' >/proc/1/fd/1; done",
    );
    expect(await names()).toContain("error lines in logs");
  });

  it("that watches ends early, and says what fails", async () => {
    const { code, stdout, stderr, seconds } = await without(stack, "cache", () =>
      stack.switchback("validate", "--watch", "5m", "--engine", engine),
    );
    expect(code).toBe(1);
    expect(seconds).toBeLessThan(60);
    expect(stderr).toContain(`container ${stack.container("cache")} fail`);
    expect(stdout).toMatch(/2 rounds in \d+ s/);
  });
});
