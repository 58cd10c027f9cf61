import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstCatalogue } from "../../operations/generations/format.ts";
import { loadStack } from "../../stacks/load.ts";
import { planStack } from "../../stacks/plan.ts";
import { ordersService, rawConfig } from "./fixtures.ts";

const home = process.cwd();
const id = (hex: string) => `sha256:${hex.repeat(64)}`;
const files = {
  "releases/1.0.0.yaml": "services: {orders: {local: true}}\nreleaseSet: orders\n",
  "releases/1.1.0.yaml": "services: {orders: {local: true}}\nreleaseSet: orders\n",
  "sets/orders/set.yaml": "env: {LEVEL: info, A: set}\nservices: {orders: {files: {/etc/flags: flags.json}}}\n",
  "sets/orders/flags.json": "{}",
  "sets/platform/maintenance.html": "<p>later",
  ".switchback/images.json": JSON.stringify({ "switchback/orders:1.0.0": id("a"), "switchback/orders:1.1.0": id("b") }),
};

const write = (contents: Readonly<Record<string, string>>) => {
  for (const [file, content] of Object.entries(contents)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
};

const plan = (changes: Readonly<Record<string, unknown>> = {}) => {
  const { config, errors } = loadStack(rawConfig(changes));
  if (!config) throw new Error(errors.join("\n"));
  return planStack("test", config, firstCatalogue("2026-01-01T00:00:00Z"));
};
const errorsOf = (changes: Readonly<Record<string, unknown>> = {}) => plan(changes).errors;
const specOf = (changes: Readonly<Record<string, unknown>> = {}) => plan(changes).plan?.colors.green.services[0]?.spec;

beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), "plan-")));
  write(files);
});
afterEach(() => {
  const folder = process.cwd();
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

describe("the plan of a stack", () => {
  it("gives each color, service and replica its fixed address and name", () => {
    const { colors } = plan({ services: { orders: { ...ordersService, slot: 3, replicas: 2 } } }).plan!;
    expect(colors.blue.services[0]?.replicas).toEqual([
      { container: "test-blue-orders-1", address: "10.240.0.40" },
      { container: "test-blue-orders-2", address: "10.240.0.41" },
    ]);
    expect(colors.green.services[0]?.replicas[1]).toEqual({ container: "test-green-orders-2", address: "10.240.1.41" });
    expect(colors.green.network).toEqual({
      name: "test-green",
      subnet: "10.240.1.0/24",
      gateway: "10.240.1.1",
      router: "10.240.1.2",
    });
  });

  it("merges environment: stack, then release set, then the color's own", () => {
    const services = { orders: { ...ordersService, env: { A: "stack", B: "stack" } } };
    const colors = {
      blue: { imageTag: "1.0.0", services: { orders: { env: { LEVEL: "debug" } } } },
      green: { imageTag: "1.1.0" },
    };
    const planned = plan({ services, colors }).plan!.colors;
    expect(planned.green.services[0]?.config.env).toEqual({ A: "set", B: "stack", LEVEL: "info" });
    expect(planned.blue.services[0]?.config.env).toEqual({ A: "set", B: "stack", LEVEL: "debug" });
    expect(planned.blue.services[0]?.config.files).toEqual({ "/etc/flags": "{}" });
  });

  it("keeps the spec of a container when only what the router needs changes, and changes it with image, env and secrets", () => {
    const before = specOf();
    const service = (changes: object) => ({ services: { orders: { ...ordersService, ...changes } } });
    expect(
      specOf(
        service({
          webSockets: ["/x/ws"],
          drainHook: "/drain",
          health: { live: "/a", ready: "/b" },
          route: { path: "/x" },
        }),
      ),
    ).toBe(before);
    expect(specOf(service({ memoryMb: 300 }))).not.toBe(before);
    const volume = (data: unknown) => specOf(service({ volumes: { data } }));
    expect(volume("/data")).not.toBe(before);
    expect(volume({ path: "/data", backup: false })).toBe(volume("/data"));
    expect(specOf(service({ env: { NEW: "1" } }))).not.toBe(before);
    const secret = (value: string) => specOf({ ...service({ secrets: { db: "db" } }), secrets: { db: value } });
    expect(secret("one")).not.toBe(secret("two"));
    write({
      ".switchback/images.json": JSON.stringify({
        "switchback/orders:1.0.0": id("a"),
        "switchback/orders:1.1.0": id("c"),
      }),
    });
    expect(specOf()).not.toBe(before);
  });

  it("names a set by its content", () => {
    const before = plan().plan!.colors.green.set?.id;
    expect(before).toMatch(/^orders-[0-9a-f]{8}$/);
    write({ "sets/orders/flags.json": '{"new": true}' });
    expect(plan().plan!.colors.green.set?.id).not.toBe(before);
  });

  it("pins registry images by digest and follows a release to another one", () => {
    write({
      "releases/1.0.0.yaml": `services: {orders: {digest: "${id("d")}"}}\nreleaseSet: orders\n`,
      "releases/1.1.0.yaml": "services: {orders: {release: 1.0.0}}\nreleaseSet: orders\n",
    });
    expect(plan().plan?.colors.green.services[0]?.image).toEqual({
      label: "switchback/orders:1.0.0",
      reference: `switchback/orders@${id("d")}`,
    });
  });
});

describe("a plan is refused, with every problem at once,", () => {
  it("when releases, sets or image ids are missing", () => {
    const colors = { blue: { imageTag: "9.9.9" }, green: { imageTag: "1.1.0", releaseSet: "none" } };
    write({ ".switchback/images.json": "{}" });
    expect(errorsOf({ colors, platform: { set: "nowhere" } })).toEqual([
      "sets/nowhere/maintenance.html: expected this file, got none; add it, or name another set",
      "releases/9.9.9.yaml: expected this file to describe the release 9.9.9, got none; add it, or choose another imageTag",
      "sets/none/set.yaml: expected this file, got none; add it, or name another set",
      "releases/1.1.0.yaml: services.orders: expected a recorded image id for switchback/orders:1.1.0, got none; build it (`npm run setup` does it for what is in images/), then: switchback releases record 1.1.0",
    ]);
  });

  it("when releases refer to each other in a circle", () => {
    write({
      "releases/1.0.0.yaml": "services: {orders: {release: 1.1.0}}\nreleaseSet: orders\n",
      "releases/1.1.0.yaml": "services: {orders: {release: 1.0.0}}\nreleaseSet: orders\n",
    });
    expect(errorsOf()[0]).toMatch(/expected an image, got a circle of releases: 1\.0\.0 -> 1\.1\.0 -> 1\.0\.0/);
  });

  it("when a release is not right", () => {
    write({
      "releases/1.1.0.yaml": "services: {orders: {digest: abc}, mail: {local: true}}\nreleaseSet: orders\n",
    });
    expect(errorsOf().join("\n")).toMatch(/releases\/1\.1\.0\.yaml: services\.orders/);
    write({ "releases/1.1.0.yaml": "services: [" });
    expect(errorsOf()[0]).toMatch(/^releases\/1\.1\.0\.yaml: expected YAML, got: /);
  });

  it("when a release, or schemaVersion, names a schema that the migrations do not have", () => {
    write({
      "migrations/1_orders.sql":
        "-- switchback: expand, lossy\n-- loses: orders\n-- Up Migration\nCREATE TABLE orders (id int);\n-- Down Migration\nDROP TABLE orders;\n",
      "releases/1.1.0.yaml": "services: {orders: {local: true}}\nreleaseSet: orders\nschema: {target: 7, min: 1}\n",
    });
    const database = { name: "orders", secret: "database" };
    const secrets = { database: "a secret of sixteen" };
    const errors = errorsOf({ database, secrets, schemaVersion: "3" });
    expect(errors).toEqual([
      "schemaVersion: expected a migration of migrations (1), got 3",
      expect.stringMatching(
        /^releases\/1\.1\.0\.yaml: schema\.target: expected a migration of the lineage \(1\), got 7/,
      ),
    ]);
  });
});
