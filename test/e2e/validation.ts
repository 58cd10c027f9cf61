import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Expectation, readExpectation, recordExpectation } from "../../operations/validation/expectation.ts";
import type { ValidationReport } from "../../operations/validation/report.ts";
import { validate } from "../../operations/validation/run.ts";
import { makeCertificate } from "../helpers/certificates.ts";
import { databaseStack } from "./database.ts";
import { docker, freePort, ordersWith, type TestStack } from "./stack.ts";

/** What the stack declares of the reference application: one check of each kind, a debug port, its version. */
const declared = {
  version: "/version",
  // What is outside differs from machine to machine; the pooler is outside of the service's own container at least.
  egress: ["pooler:6432"],
  debugPorts: { app: { port: 8080, send: "GET /live HTTP/1.0\r\n\r\n", expect: "200 OK" } },
  checks: {
    list: {
      http: { path: "/orders", contains: "orders", headers: { "content-type": "json" } },
      maxMs: 1500,
      purpose: "performance",
    },
    front: { http: { path: "/nowhere", status: 404, via: "router" } },
    port: { tcp: {} },
    echo: { websocket: { path: "/ws", via: "router" } },
    table: { sql: "select to_regclass('public.orders') is not null" },
    sane: { sql: "select count(*) >= 0 from public.orders" },
    user: { command: ["sh", "-c", 'test "$(id -u)" -ne 0'], purpose: "security" },
  },
};

/** A stack with a database, a cache and a certificate of 30 days, whose validation asks for everything. Nothing is up yet. */
export async function validatedStack(): Promise<TestStack> {
  const https = await freePort();
  const stack = await databaseStack(
    {
      services: { orders: ordersWith({ database: true, cache: true }) },
      cache: { secret: "cache" },
      validation: { responseMs: 1500, services: { orders: declared } },
    },
    { copies: ["sets"] },
  );
  const router = { port: stack.port, gate: { timeoutSeconds: 30 }, listeners: { https: { port: https } } };
  stack.set({
    router,
    platform: { set: "certified" },
    secrets: { database: "canary-of-the-database", cache: "canary-of-the-cache", certificate: certify(stack) },
  });
  return stack;
}

/** A platform set with a certificate. @returns its key, as secrets take it */
function certify(stack: TestStack): string {
  const folder = mkdtempSync(join(tmpdir(), "validation-"));
  const set = join(stack.dir, "sets/certified");
  mkdirSync(set);
  cpSync(join(stack.dir, "sets/platform/maintenance.html"), join(set, "maintenance.html"));
  const { certificate, key } = makeCertificate(folder, "shop.example", 30);
  writeFileSync(join(set, "tls.pem"), certificate);
  writeFileSync(join(set, "set.yaml"), "tls: {certificate: tls.pem, key: certificate}\n");
  rmSync(folder, { recursive: true });
  return key;
}

export const quick = (stack: TestStack): Promise<ValidationReport> => validate(docker, stack.stack, { depth: "quick" });

/** Name and remedy of each check that fails. */
export const failing = ({ checks }: ValidationReport): [string, string | undefined][] =>
  checks.filter(({ verdict }) => verdict === "fail").map(({ name, remedy }) => [name, remedy]);

/** Names of the checks that are not ok, with their verdict and value: what a failed test shows. */
export const notOk = ({ checks }: ValidationReport): string[] =>
  checks.filter(({ verdict }) => verdict !== "ok").map(({ name, verdict, value }) => `${verdict} ${name}: ${value}`);

/** Works while the record of what is expected says something else. */
export async function expecting<T>(
  stack: TestStack,
  change: (old: Expectation) => Expectation,
  work: () => Promise<T>,
): Promise<T> {
  const old = await readExpectation(docker, stack.stack);
  await recordExpectation(docker, stack.stack, change(old));
  try {
    return await work();
  } finally {
    await recordExpectation(docker, stack.stack, old);
  }
}

/** Works while a container of the stack is stopped; waits until it is healthy again afterwards. */
export async function without<T>(stack: TestStack, name: string, work: () => Promise<T>): Promise<T> {
  const container = docker.getContainer(stack.container(name));
  await container.stop({ t: 1 });
  try {
    return await work();
  } finally {
    await container.start();
    for (let left = 100; left > 0; left--) {
      const { State } = await container.inspect();
      if (State.Running && (State.Health === undefined || State.Health.Status === "healthy")) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
