import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { rolePassword, scramVerifier } from "../../stacks/passwords.ts";
import { databaseStack, query } from "./database.ts";
import { containersOf, filesOf, leaked, seenOf } from "./leaks.ts";
import { engine, ordersWith, type TestStack } from "./stack.ts";

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

const found = (text: string) => leaked(text, secrets());

it("secrets are in no output of the engine", () => {
  expect(printed.length).toBeGreaterThan(1000);
  expect(found(printed)).toEqual([]);
});

it("secrets are in no `docker inspect`, no process arguments and no environment of a process, and no log", async () => {
  const names = await containersOf(stack);
  expect(names.length).toBeGreaterThanOrEqual(6);
  for (const name of names) expect([name, ...found(await seenOf(name))]).toEqual([name]);
});

it("secrets are in clear in no file of the project: state, history, lock, journal", () => {
  const files = filesOf(stack);
  expect(files.length).toBeGreaterThan(3);
  expect(files.filter((file) => found(readFileSync(file, "latin1")).length > 0)).toEqual([]);
});

it("secrets are in nothing that the database or the catalogue keeps in clear", async () => {
  const [row] = await query(stack, "select string_agg(t::text, '') as text from switchback.migrations t");
  expect(found(String(row?.text))).toEqual([]);
  expect(found(JSON.stringify(await stack.journal()))).toEqual([]);
});
