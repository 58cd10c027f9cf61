import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ValidationReport } from "../../operations/validation/report.ts";
import { engine, inside, type TestStack } from "./stack.ts";
import { expecting, failing, notOk, quick, validatedStack, without } from "./validation.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await validatedStack();
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

describe("a validation", () => {
  it("finds everything as the last `up` left it, in seconds, and writes its report", async () => {
    const file = join(stack.dir, "report");
    const { code, stdout, seconds } = await stack.switchback(
      "validate",
      "--quick",
      "--report",
      file,
      "--engine",
      engine,
    );
    expect(stdout.split("\n").filter((line) => /^(fail|unknown) /.test(line))).toEqual([]);
    expect(stdout).toContain(`${stack.stack}: ok;`);
    expect(code).toBe(0);
    expect(seconds).toBeLessThan(15);
    const { checks } = JSON.parse(readFileSync(`${file}.json`, "utf8")) as ValidationReport;
    const names = checks.map(({ name }) => name.replaceAll(`${stack.stack}-`, ""));
    expect(names).toEqual(
      expect.arrayContaining([
        ...["container router", "container green-orders-1", "keepers", "traffic", "router orders"],
        ...["health blue-orders-1", "version green-orders-1", "version orders through the router"],
        ...["websocket orders/ws through the router", "websocket green-orders-1/ws", "response time", "error rate"],
        ...["performance orders list green-orders-1", "smoke orders front", "smoke orders port green-orders-1"],
        ...["smoke orders echo", "smoke orders table", "security orders user green-orders-1"],
        ...[
          "debug port blue-orders-1 app",
          "egress green pooler:6432",
          "database",
          "generation",
          "pooler blue",
          "pooler green",
          "schema head",
          "rows",
        ],
        ...["page failures", "marker of the router", "marker of the schema", "cache", "network green", "name cache"],
        ...["cpu", "memory", "disk of the database", "error lines in logs"],
      ]),
    );
    expect(readFileSync(`${file}.xml`, "utf8")).toContain(`tests="${checks.length}" failures="0" errors="0"`);
  });

  it("names a cache that does not run, and nothing else as failed", async () => {
    const report = await without(stack, "cache", () => quick(stack));
    const name = stack.container("cache");
    expect(failing(report)).toEqual([
      [`container ${name}`, `\`docker start ${name}\`; when it ends again, \`docker logs ${name}\` says why`],
    ]);
    expect(notOk(report).join("\n")).toContain(`unknown cache: ${name} does not run`);
  });

  it("names a container of the color that stands by", async () => {
    const report = await without(stack, "blue-orders-1", () => quick(stack));
    expect(failing(report).map(([name]) => name)).toEqual([`container ${stack.container("blue-orders-1")}`]);
  });

  it("names traffic that was moved by hand, with the two ways out", async () => {
    await inside(stack, "router", "switchback-route blue --because 'test'");
    const report = await quick(stack);
    await inside(stack, "router", "switchback-route --clear");
    const remedy = `\`switchback config set activeColor blue\` accepts it, \`docker exec ${stack.container("router")} switchback-route --clear\` takes it back`;
    expect(failing(report)).toEqual([["traffic", remedy]]);
  });

  it("names a certificate that is valid for too few days", async () => {
    const strict = { certificateDays: 40 };
    const report = await expecting(
      stack,
      (old) => ({ ...old, thresholds: { ...old.thresholds, ...strict } }),
      () => quick(stack),
    );
    expect(failing(report)).toEqual([
      [expect.stringMatching(/^certificate of port \d+$/), expect.stringContaining("docs/platform.md")],
    ]);
    expect(notOk(await quick(stack))).toEqual([]);
  });
});
