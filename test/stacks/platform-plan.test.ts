import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { firstCatalogue } from "../../operations/generations/format.ts";
import { loadStack } from "../../stacks/load.ts";
import { planStack } from "../../stacks/plan.ts";
import { makeCertificate } from "../helpers/certificates.ts";
import { ordersService, rawConfig } from "./fixtures.ts";

const home = process.cwd();
const id = (hex: string) => `sha256:${hex.repeat(64)}`;
const recorded = ["switchback/orders:1.0.0", "switchback/orders:1.1.0", "metrics:1", "switchback/cache:1"];
const files = {
  "releases/1.0.0.yaml": "services: {orders: {local: true}}\nreleaseSet: orders\n",
  "releases/1.1.0.yaml": "services: {orders: {local: true}}\nreleaseSet: orders\n",
  "sets/orders/set.yaml": "{}",
  "sets/platform/maintenance.html": "<p>later",
  "sets/platform/set.yaml": "services: {metrics: {env: {A: set}, files: {/etc/m/prometheus.yml: p.yml}}}",
  "sets/platform/p.yml": "global: {}\n",
  ".switchback/images.json": JSON.stringify(Object.fromEntries(recorded.map((name) => [name, id("a")]))),
};
const write = (contents: Readonly<Record<string, string>>) => {
  for (const [file, content] of Object.entries(contents)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
};

const metrics = {
  image: "metrics:1",
  slot: 2,
  port: 9090,
  env: { A: "config", B: "b" },
  reload: { http: "/-/reload" },
};
const withMetrics = (changes: Readonly<Record<string, unknown>> = {}) => ({
  platform: { set: "platform", services: { metrics: { ...metrics, ...changes } } },
});
const plan = (changes: Readonly<Record<string, unknown>> = {}) => {
  const { config, errors } = loadStack(rawConfig(changes));
  return config ? planStack("test", config, firstCatalogue("2026-01-01T00:00:00Z")) : { plan: undefined, errors };
};
const service = (changes: Readonly<Record<string, unknown>> = {}) =>
  plan(withMetrics(changes)).plan!.platformServices[0]!;

beforeEach(() => {
  process.chdir(mkdtempSync(join(tmpdir(), "platform-plan-")));
  write(files);
});
afterEach(() => {
  const folder = process.cwd();
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

describe("a service of the platform", () => {
  it("has its fixed address, the environment of the set over its own, and promtool's check of a prometheus.yml", () => {
    expect(service()).toMatchObject({
      container: "test-metrics",
      address: "10.240.2.130",
      env: { A: "set", B: "b" },
      checks: [["promtool", "check", "config", "/etc/m/prometheus.yml"]],
      goal: { reload: { url: "http://10.240.2.130:9090/-/reload" }, files: [{ path: "/etc/m/prometheus.yml" }] },
    });
  });

  it("keeps its container when only the content of files changes that it can reload", () => {
    const { spec } = service();
    write({ "sets/platform/p.yml": "global: {scrape_interval: 7s}\n" });
    expect(service().spec).toBe(spec);
    expect(service({ memoryMb: 99 }).spec).not.toBe(spec);
  });

  it("gets a new container with new files when it cannot reload them", () => {
    const { spec, goal } = service({ reload: undefined });
    expect(goal).toBeUndefined();
    write({ "sets/platform/p.yml": "global: {scrape_interval: 7s}\n" });
    expect(service({ reload: undefined }).spec).not.toBe(spec);
  });

  it("is refused for every problem at once", () => {
    write({
      "sets/platform/set.yaml": "services: {metrics: {files: {/etc/a.yml: a.yml}}, other: {}}",
      "sets/platform/a.yml": "a: [",
    });
    const { errors } = plan(withMetrics({ image: "unknown:1" }));
    expect(errors).toEqual([
      expect.stringMatching(/^sets\/platform\/a\.yml: expected YAML/),
      expect.stringMatching(
        /^sets\/platform\/set\.yaml: services\.other: expected a name of platform\.services \(metrics\)/,
      ),
      expect.stringMatching(/^platform\.services\.metrics\.image: expected an image with its digest/),
    ]);
    const services = { router: metrics, metrics: { ...metrics, port: undefined, secrets: { a: "missing" } } };
    expect(plan({ platform: { set: "platform", services } }).errors).toEqual([
      "platform.services.metrics.slot: expected a slot of its own, got 2, which router has; choose a free one",
      "platform.services.router: expected a name that is free, got one of Switchback's own; choose another",
      "platform.services.metrics.port: expected a port for reload.http, got none; say where it listens",
      expect.stringMatching(/^platform\.services\.metrics\.secrets\.a: expected a key of secrets, got "missing"/),
    ]);
  });
});

describe("the certificate", () => {
  const router = { port: 8099, listeners: { https: { port: 443 } } };
  const setUp = () => {
    const own = makeCertificate(process.cwd(), "a.example");
    write({
      "sets/platform/tls.pem": own.certificate,
      "sets/platform/set.yaml": "tls: {certificate: tls.pem, key: tls-2026}",
    });
    return own;
  };

  it("is named after its content, and its key is a file of the router's own user alone", () => {
    const { key } = setUp();
    const { certificate } = plan({ router, secrets: { "tls-2026": key } }).plan!;
    expect(certificate?.paths.key).toMatch(/^\/var\/lib\/switchback\/tls\/[0-9a-f]{16}\.key$/);
    expect(certificate?.goal.files[1]).toMatchObject({
      path: certificate?.paths.key,
      content: key,
      mode: 0o400,
      uid: 10001,
    });
  });

  it("is refused without its key, and a listener without a certificate", () => {
    setUp();
    expect(plan({ router }).errors).toEqual([
      expect.stringMatching(/^sets\/platform\/tls\.pem: expected its private key in secrets\.tls-2026, got none/),
    ]);
    write(files);
    expect(plan({ ...withMetrics(), router }).errors).toEqual([
      expect.stringMatching(/^router\.listeners\.https\.tls: expected a platform set with `tls`/),
    ]);
  });
});

describe("the cache", () => {
  const cache = { secret: "cache" };
  const secrets = { cache: "a secret of sixteen" };
  const services = { orders: { ...ordersService, cache: true } };

  it("gives its URL to the services that ask for it, and changes nothing of the others", () => {
    write({ "sets/platform/set.yaml": "{}" });
    const without = plan().plan!.colors.blue.services[0]!;
    expect(plan({ cache, secrets }).plan!.colors.blue.services[0]!.spec).toBe(without.spec);
    const asked = plan({ cache, secrets, services }).plan!;
    expect(asked.colors.blue.services[0]!.secrets["cache-url"]).toBe(asked.cache!.url);
    expect(asked.cache!.url).toMatch(/^redis:\/\/:[\w-]{32}@cache:6379$/);
  });

  it("is refused with a short secret, and a service that asks for none that is there", () => {
    expect(plan({ cache, secrets: { cache: "short" } }).errors[0]).toMatch(/^cache\.secret: expected .* at least 16/);
    expect(plan({ services }).errors[0]).toMatch(/^services\.orders\.cache: expected the stack to have a `cache`/);
  });
});
