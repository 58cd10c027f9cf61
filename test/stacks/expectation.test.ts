import { describe, expect, it } from "vitest";
import { expectationOf } from "../../stacks/expectation.ts";
import { loadStack } from "../../stacks/load.ts";
import { ordersService, rawConfig } from "./fixtures.ts";
import { setting } from "./setting.ts";

const checks = (services: unknown) => ({ validation: { services } });
const errorsOf = (changes: Readonly<Record<string, unknown>>) => loadStack(rawConfig(changes)).errors;

describe("what a validation expects", () => {
  it("is every container with its color and address, every network, and the thresholds of the config", () => {
    const { plan } = setting({ validation: { responseMs: 300 } });
    const found = expectationOf(plan, undefined);
    expect(found.containers.map(({ name, role, color }) => [name, role, color])).toEqual([
      ["test-router", "router", undefined],
      ["test-blue-orders-1", "service", "blue"],
      ["test-green-orders-1", "service", "green"],
    ]);
    expect(found.networks.map(({ name }) => name)).toEqual(["test-blue", "test-green", "test-platform"]);
    expect(found.names).toEqual({ orders: ["10.240.0.16", "10.240.0.16"] });
    expect(found.goal.pointer).toMatchObject({ color: "green", mode: "serve" });
    expect(found.thresholds).toMatchObject({ responseMs: 300, errorPercent: 1 });
    expect(found).toMatchObject({ database: null, cache: null });
  });

  it("holds the declared checks of each service, and no secret", () => {
    const declared = checks({ orders: { version: "/version", checks: { home: { http: { path: "/" } } } } });
    const { plan } = setting({ ...declared, secrets: { token: "hush-hush" } });
    const found = expectationOf(plan, undefined);
    expect(found.services.map(({ color, version, checks: own }) => [color, version, Object.keys(own)])).toEqual([
      ["blue", "/version", ["home"]],
      ["green", "/version", ["home"]],
    ]);
    expect(JSON.stringify(found)).not.toContain("hush-hush");
  });
});

describe("the config of a validation", () => {
  it("has thresholds without being asked: a second, and one percent", () => {
    const { config } = loadStack(rawConfig());
    expect(config!.validation).toMatchObject({ responseMs: 1000, errorPercent: 1, services: {} });
  });

  it("takes exactly one kind of each check", () => {
    expect(errorsOf(checks({ orders: { checks: { one: { command: ["true"] } } } }))).toEqual([]);
    for (const wrong of [{}, { command: ["true"], tcp: {} }, { purpose: "smoke" }])
      expect(errorsOf(checks({ orders: { checks: { one: wrong } } }))).toEqual([
        "validation.services.orders.checks.one: expected exactly one of http, tcp, websocket, sql, command, got a map",
      ]);
  });

  it("refuses checks of a service that is not there, and what the service or the stack does not have", () => {
    const { route: _, ...worker } = ordersService;
    const services = { orders: ordersService, worker: { ...worker, slot: 1 } };
    expect(errorsOf(checks({ nobody: {} }))).toEqual([
      "validation.services.nobody: expected a name of services or platform.services (orders)",
    ]);
    expect(
      errorsOf({
        services,
        ...checks({
          orders: { checks: { rows: { sql: "select true" } } },
          worker: { checks: { front: { http: { path: "/", via: "router" } } } },
        }),
      }),
    ).toEqual([
      "validation.services.orders.checks.rows.sql: expected a stack with `database`, got one without; remove it",
      "validation.services.worker.checks.front: expected a service with a route for `via: router`, got none",
    ]);
  });

  it("asks a service of the platform too, on the port that it has", () => {
    const prometheus = { image: `prom@sha256:${"a".repeat(64)}`, slot: 0 };
    const platform = (port?: number) => ({
      platform: { set: "platform", services: { prometheus: { ...prometheus, ...(port && { port }) } } },
    });
    const declared = checks({ prometheus: { checks: { ready: { http: { path: "/-/ready" } } } } });
    expect(errorsOf({ ...platform(9090), ...declared })).toEqual([]);
    expect(errorsOf({ ...platform(), ...declared })).toEqual([
      "validation.services.prometheus.checks.ready: expected the port of prometheus, got none; set platform.services.prometheus.port",
    ]);
    expect(errorsOf({ ...platform(9090), ...checks({ prometheus: { version: "/version" } }) })).toEqual([
      "validation.services.prometheus.version: expected a service that follows a release, got one of the platform; remove it",
    ]);
  });
});
