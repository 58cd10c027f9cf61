import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { mountPath, savedVolumes } from "../../stacks/file-volumes.ts";
import { loadStack } from "../../stacks/load.ts";
import { ordersService, rawConfig } from "./fixtures.ts";

const errorsOf = (changes: Readonly<Record<string, unknown>>) => loadStack(rawConfig(changes)).errors;

describe("the config of a stack", () => {
  it.each(["production", "staging"])(
    "of the committed %s file wants nothing but the secret of its database",
    (stack) => {
      const { config } = parse(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Record<string, unknown> };
      const raw = Object.entries(config).map(([key, value]) => [
        key.replace("switchback:", ""),
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      const committed = Object.fromEntries(raw) as Record<string, string>;
      expect(loadStack(committed).errors).toEqual([
        expect.stringContaining("run `openssl rand -base64 24 | pulumi config set --secret --path secrets.database`"),
      ]);
      const secrets = JSON.stringify({ database: "a-secret-of-24-characters" });
      expect(loadStack({ ...committed, secrets }).errors).toEqual([]);
    },
  );

  it("takes a volume as its mount path, or as a map that leaves it out of backups", () => {
    const volumes = { data: "/data", cache: { path: "/cache", backup: false }, more: { path: "/more" } };
    const { config } = loadStack(rawConfig({ services: { orders: { ...ordersService, volumes } } }));
    expect(Object.values(config!.services.orders!.volumes).map(mountPath)).toEqual(["/data", "/cache", "/more"]);
    expect(savedVolumes("test", config!)).toEqual([
      { service: "orders", volume: "data", name: "test-orders-data" },
      { service: "orders", volume: "more", name: "test-orders-more" },
    ]);
    const wrong = (data: unknown) => errorsOf({ services: { orders: { ...ordersService, volumes: { data } } } });
    expect(wrong(1)).toEqual([
      'services.orders.volumes.data: expected an absolute path inside the container, without spaces or ":", or {path: <path>, backup: false}, got 1 (number)',
    ]);
    expect(wrong("data")).toEqual([
      'services.orders.volumes.data: expected an absolute path inside the container, without spaces or ":", got "data"',
    ]);
  });

  it("fills in the defaults of a service and of the router, but none in the overrides of a color", () => {
    const { config } = loadStack(
      rawConfig({ colors: { blue: null, green: { imageTag: "1.1.0", services: { orders: { env: { A: "1" } } } } } }),
    );
    expect(config?.services.orders).toMatchObject({ memoryMb: 256, replicas: 1, webSockets: [], env: {} });
    expect(config?.router).toMatchObject({
      bind: "127.0.0.1",
      gate: { timeoutSeconds: 30 },
      canary: { percent: 0, sticky: false },
    });
    expect(config?.colors.green?.services).toEqual({ orders: { env: { A: "1" } } });
  });

  it("tells all problems at once, each with its dotted path, what was expected and what was got", () => {
    expect(
      errorsOf({
        activeColor: "red",
        colors: { blue: { imageTag: 1.1 }, green: { imageTag: "1.1.0", imagetag: "2" } },
        network: undefined,
        router: { port: "eighty", maintenance: "on" },
      }),
    ).toEqual([
      'activeColor: expected one of "blue"|"green", got "red"',
      "colors.blue.imageTag: expected a string; quote it in YAML, or an unquoted 1.10 arrives as the number 1.1, got 1.1 (number)",
      'colors.green: expected only known keys, got "imagetag"; docs/config.md lists them',
      "network: expected object, got nothing",
      'router.port: expected number, got "eighty"',
      'router.maintenance: expected boolean, got "on"',
    ]);
  });

  it("takes numbers and booleans out of the quotes in which Pulumi's CLI leaves them", () => {
    const router = { port: "8080", maintenance: "true", drain: { httpSeconds: "15" } };
    const { config, errors } = loadStack(rawConfig({ router }));
    expect(errors).toEqual([]);
    expect(config?.router).toMatchObject({ port: 8080, maintenance: true, drain: { httpSeconds: 15 } });
    expect(config?.colors.blue?.imageTag).toBe("1.0.0");
    expect(loadStack(rawConfig({ router: { port: "80.5" } })).errors).toEqual([expect.stringMatching(/^router\.port/)]);
  });

  it("refuses text where a map is wanted, and says how to set a value in it", () => {
    expect(loadStack({ ...rawConfig(), router: "8080" }).errors[0]).toBe(
      'router: expected a map or a list, got "8080"; set single values with `pulumi config set --path router.…`',
    );
  });

  it("shows no secret in an error", () => {
    const errors = errorsOf({ secrets: { password: 12345 } });
    expect(errors).toEqual([
      "secrets.password: expected a secret text, or {file: <path>, version: <number>}, got [secret]",
    ]);
    expect(loadStack({ ...rawConfig(), secrets: "hunter2" }).errors.join()).not.toContain("hunter2");
  });

  it("refuses a key it does not know", () => {
    expect(errorsOf({ activeColour: "blue" })).toEqual([
      'expected only known keys, got "activeColour"; docs/config.md lists them',
    ]);
  });

  it("never throws, whatever the values are", () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            "activeColor",
            "colors",
            "services",
            "network",
            "router",
            "platform",
            "secrets",
            "accept",
            "x",
          ),
          json,
        ),
        (values) => {
          const { config, errors } = loadStack(
            Object.fromEntries(Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)])),
          );
          expect(config === undefined).toBe(errors.length > 0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("accepts every plain text as config without a crash", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("activeColor", "colors", "router"), fc.string()), (values) => {
        expect(loadStack({ ...rawConfig(), ...values }).errors).toBeInstanceOf(Array);
      }),
    );
  });
});

describe("the rules", () => {
  const rule = (changes: Readonly<Record<string, unknown>>) => errorsOf(changes)[0];

  it("want the active color declared", () => {
    expect(rule({ activeColor: "blue", colors: { green: { imageTag: "1.1.0" } } })).toBe(
      "colors.blue: expected the active color to be declared, got null; set colors.blue.imageTag, or choose the other activeColor",
    );
  });

  it("want both colors for a canary", () => {
    expect(rule({ colors: { green: { imageTag: "1.1.0" } }, router: { port: 1, canary: { percent: 5 } } })).toMatch(
      /^router.canary.percent: expected 0 while/,
    );
  });

  it("want slots and routes of their own", () => {
    expect(errorsOf({ services: { a: ordersService, b: ordersService } })).toEqual([
      "services.b.slot: expected a slot of its own, got 0, which a has; choose a free one",
      "services.b.route: expected a host and path of its own, got */, which a has",
    ]);
  });

  it("want a routed service, and WebSockets under its route", () => {
    const { route: _, ...worker } = ordersService;
    expect(errorsOf({ services: { a: { ...worker, webSockets: ["/ws"] } } })).toEqual([
      'services: expected at least one service with a route, got none; add `route: {path: "/"}` to the one that answers requests',
      "services.a.webSockets: expected paths under the service's route (none), got /ws",
    ]);
  });

  it("want declared secrets and known services in overrides", () => {
    const colors = { green: { imageTag: "1.1.0", services: { other: { env: {} } } } };
    expect(errorsOf({ colors, services: { orders: { ...ordersService, secrets: { db: "dbPassword" } } } })).toEqual([
      'services.orders.secrets.db: expected a key of secrets, got "dbPassword"; run `pulumi config set --secret --path secrets.dbPassword`',
      "colors.green.services.other: expected a name of services (orders)",
    ]);
  });

  it.each(["8.8.8.0/22", "10.300.0.0/22", "10.240.1.0/22"])("refuse the subnet %s", (subnet) => {
    expect(rule({ network: { subnet } })).toMatch(/^network.subnet: expected a private \/22/);
  });

  const database = { name: "orders", secret: "database" };
  const secrets = { database: "a secret of sixteen" };

  it("want a database where a service needs one, and a secret that is long enough", () => {
    expect(errorsOf({ services: { orders: { ...ordersService, database: true } } })[0]).toMatch(
      /^services\.orders\.database: expected the stack to have a `database`, got none/,
    );
    expect(errorsOf({ database, secrets: { database: "short" } })[0]).toMatch(
      /^database\.secret: expected a key of secrets with at least 16 characters/,
    );
    expect(errorsOf({ database, secrets })).toEqual([]);
  });

  it("want a hold that ends before the pooler gives up, and leaves time beside the drain", () => {
    const pooler = { queryWaitSeconds: 5 };
    const router = { port: 8099, hold: { maxSeconds: 5, drainSeconds: 5 } };
    expect(errorsOf({ database: { ...database, pooler }, secrets, router })).toEqual([
      expect.stringMatching(/^router\.hold\.drainSeconds: expected less than router\.hold\.maxSeconds \(5\)/),
      expect.stringMatching(/^database\.pooler\.queryWaitSeconds: expected more than router\.hold\.maxSeconds \(5\)/),
    ]);
  });

  it("want backups more often than the oldest base that is allowed", () => {
    const never = { fullHours: 0, diffHours: 0, incrHours: 0 };
    for (const backup of [{ maxAgeHours: 3 }, never])
      expect(errorsOf({ database: { ...database, backup }, secrets })[0]).toMatch(
        /^database\.backup: expected a backup more often than every maxAgeHours/,
      );
  });
});
