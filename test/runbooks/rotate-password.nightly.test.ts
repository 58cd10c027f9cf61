import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connectDatabase } from "../../operations/database/connect.ts";
import { inRecords } from "../../operations/live/records.ts";
import { compareLedger } from "../../scripts/load/ledger.ts";
import { startLoad } from "../../scripts/load/load.ts";
import { totals } from "../../scripts/load/result.ts";
import { rolePassword, scramVerifier } from "../../stacks/passwords.ts";
import { databaseStack } from "../e2e/database.ts";
import { leaksOf } from "../e2e/leaks.ts";
import { changedIn, docker, engine, inside, served, type TestStack } from "../e2e/stack.ts";
import { type Walk, walk } from "./walk.ts";

const first = randomBytes(18).toString("base64url");
/** What the runbook has drawn. */
let second = "";
let stack: TestStack;
let book: Walk;
let printed = "";
beforeAll(async () => {
  stack = await databaseStack({ secrets: undefined });
  await stack.ok("stack", "init", "--engine", engine);
  await stack.setSecret("database", first);
  await up();
  book = walk("rotate-password", stack);
});
afterAll(() => stack?.cleanup());

async function run(...words: string[]) {
  const result = await stack.switchback(...words, "--engine", engine);
  printed += result.stdout + result.stderr;
  return result;
}
const ok = async (...words: string[]) => {
  const result = await run(...words);
  if (result.code !== 0) throw new Error(`expected ${words.join(" ")} to end with 0, got ${result.stdout}`);
  return result;
};
const up = () => ok("up", "--yes", "--skip-preview");

/** Whether a role gets in with the password of a secret: at its entry in the pooler, and at PostgreSQL itself. */
async function logins(secret: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const role of ["orders_blue", "orders_green", "orders_migrator"]) {
    const password = rolePassword(secret, stack.stack, role);
    const ask = async (at: string) =>
      (await inside(stack, "pooler", `PGPASSWORD=${password} psql -XqAt "${at}" -c 'select 1' 2>&1 || true`)).trim();
    const places = [
      ...(role === "orders_migrator" ? [] : [`host=127.0.0.1 port=6432 user=${role} dbname=${role}`]),
      `host=${stack.container("database-initial")} port=5432 user=${role} dbname=orders`,
    ];
    const answers = await Promise.all(places.map(ask));
    found[role] = answers
      .map((answer) => (answer === "1" ? "in" : /authentication failed/.test(answer) ? "out" : answer))
      .join(" ");
  }
  return found;
}

it("a new secret in the place of the old one is refused, with the commands that keep the old one for the color that serves", async () => {
  await stack.setSecret("database-2", randomBytes(18).toString("base64url"));
  await ok("config", "set", "--path", "database.secret", "database-2");
  const { code, stdout } = await run("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain(
    "pulumi config set --path colors.green.databaseSecret database && pulumi config set activeColor blue; docs/runbooks/rotate-password.md",
  );
  expect(await logins(first)).toEqual({ orders_blue: "in in", orders_green: "in in", orders_migrator: "in" });
});

it("rotates under load, color after color, without a failed request and with every acknowledged order", async () => {
  const pooler = () => docker.getContainer(stack.container("pooler")).inspect();
  const { Id, State } = await pooler();
  const load = await startLoad({ url: stack.url, requestsPerSecond: 40, webSockets: 5, maxSeconds: 240 });
  try {
    printed += (await book.type("first")).join("");
    second = (await stack.ok("config", "get", "--path", "secrets.database-2", "--engine", engine)).stdout.trim();
    expect(second).toMatch(/^[\w+/]{32}$/);
    expect(await served(stack)).toBe("200 blue 2.0.0");
    expect(await logins(second)).toEqual({ orders_blue: "in in", orders_green: "out out", orders_migrator: "in" });
    printed += (await book.type("second")).join("");
    book.finish();
    const { requests, acknowledged } = await load.stop();
    const client = await connectDatabase(docker, {
      container: stack.container("database-initial"),
      database: "orders",
      user: "postgres",
    });
    const ledger = await compareLedger(client, acknowledged).finally(() => client.end());
    expect({ ...totals(requests), ledger }).toMatchObject({ failed: 0, failures: {}, ledger: { missing: 0 } });
    expect(totals(requests).requests).toBeGreaterThan(300);
    expect(await pooler()).toMatchObject({ Id, State: { StartedAt: State.StartedAt } });
  } finally {
    load.kill();
  }
});

it("lets the new password in everywhere and the old one nowhere, and nothing is left to do", async () => {
  expect(await logins(second)).toEqual({ orders_blue: "in in", orders_green: "in in", orders_migrator: "in" });
  expect(await logins(first)).toEqual({ orders_blue: "out out", orders_green: "out out", orders_migrator: "out" });
  expect(await changedIn(stack)).toEqual([]);
});

it("lets the traffic go back at level 1", async () => {
  await ok("config", "set", "activeColor", "green");
  expect(await changedIn(stack)).toEqual(["update router"]);
  await up();
  expect(await served(stack)).toBe("200 green 2.0.0");
});

it("shows neither secret, password nor verifier: in no output, `docker inspect`, argument, log, state or record", async () => {
  const secrets = [first, second].flatMap((secret) => [
    secret,
    ...["orders_blue", "orders_green", "orders_migrator"].flatMap((role) => [
      rolePassword(secret, stack.stack, role),
      scramVerifier(secret, stack.stack, role),
    ]),
  ]);
  expect(await leaksOf(stack, secrets)).toEqual([]);
  const { stdout: records } = await inRecords(docker, stack.stack, "cat $(find . -type f)", []);
  expect(records.length).toBeGreaterThan(1000);
  expect(secrets.filter((secret) => printed.includes(secret) || records.includes(secret))).toEqual([]);
});
