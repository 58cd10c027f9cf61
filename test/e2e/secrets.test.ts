import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rolePassword, scramVerifier } from "../../stacks/passwords.ts";
import { databaseStack, query } from "./database.ts";
import { docker, engine, ordersWith, type TestStack } from "./stack.ts";

/** Planted as secrets; found in clear nowhere but in the files that the containers read. */
const canaries = { database: "canary-one-of-the-database", token: "canary-two-of-the-service" };
const roles = ["orders_blue", "orders_green", "orders_migrator"];
let stack: TestStack;
let printed = "";

beforeAll(async () => {
  const orders = ordersWith({ database: true, secrets: { "orders-token": "token" } });
  stack = await databaseStack({ services: { orders }, secrets: undefined });
  await stack.ok("stack", "init", "--engine", engine);
  for (const [name, value] of Object.entries(canaries))
    await stack.ok("config", "set", "--secret", "--path", `secrets.${name}`, value, "--engine", engine);
  for (const words of [
    ["preview", "--diff"],
    ["up", "--yes", "--diff", "--skip-preview"],
    ["output"],
    ["stack", "history"],
    ["history"],
  ]) {
    const { stdout, stderr } = await stack.ok(...words, "--engine", engine);
    printed += stdout + stderr;
  }
});
afterAll(() => stack.cleanup());

const secrets = () => [
  ...Object.values(canaries),
  ...roles.flatMap((role) => [
    rolePassword(canaries.database, stack.stack, role),
    scramVerifier(canaries.database, stack.stack, role),
  ]),
];

/** Every secret that a text has, in clear or as JSON, URL or base64 would write it. */
const found = (text: string) =>
  secrets().filter((secret) =>
    [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString("base64"),
    ].some((form) => text.includes(form)),
  );

const containers = async () =>
  (await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack.stack}`] } })).map(
    ({ Names }) => Names[0]!.slice(1),
  );

it("secrets are in no output of the engine", () => {
  expect(printed.length).toBeGreaterThan(1000);
  expect(found(printed)).toEqual([]);
});

it("secrets are in no `docker inspect`, no process arguments and no environment of a process, and no log", async () => {
  const names = await containers();
  expect(names.length).toBeGreaterThanOrEqual(6);
  for (const name of names) {
    const container = docker.getContainer(name);
    const seen = [
      JSON.stringify(await container.inspect()),
      JSON.stringify(await container.top({ ps_args: "-eo pid,args" })),
      execFileSync("docker", ["logs", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
      execFileSync("sh", ["-c", `docker logs "${name}" 2>&1 >/dev/null`], { encoding: "utf8" }),
    ];
    expect([name, ...found(seen.join("\n"))]).toEqual([name]);
  }
});

it("secrets are in clear in no file of the project: state, history, lock, journal", () => {
  const files = readdirSync(path.join(stack.dir, ".switchback"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  expect(files.length).toBeGreaterThan(2);
  const leaks = [...files, stack.configFile].filter((file) => found(readFileSync(file, "latin1")).length > 0);
  expect(leaks).toEqual([]);
});

it("secrets are in nothing that the database or the catalogue keeps in clear", async () => {
  const [row] = await query(stack, "select string_agg(t::text, '') as text from switchback.migrations t");
  expect(found(String(row?.text))).toEqual([]);
  expect(found(JSON.stringify(await stack.journal()))).toEqual([]);
});
