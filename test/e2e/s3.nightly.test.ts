import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { execOk } from "../../operations/live/docker.ts";
import { inRecords, readRecord } from "../../operations/live/records.ts";
import { startS3 } from "../operations/backup/s3.ts";
import { databaseStack, head, query, serving } from "./database.ts";
import { containersOf, leaked, leaksOf } from "./leaks.ts";
import { ask, changedIn, docker, engine, inside, served, type TestStack } from "./stack.ts";

const canary = { key: "CANARYKEYOFTHEBUCKET", secret: "canary-secret-of-the-bucket" };
const secrets = Object.values(canary);
const options = {
  "repo1-type": "s3",
  "repo1-path": "/switchback",
  "repo1-s3-endpoint": "s3.test",
  "repo1-s3-bucket": "backups",
  "repo1-s3-region": "eu-west-1",
  "repo1-s3-uri-style": "path",
  "repo1-storage-verify-tls": "n",
  "repo1-bundle": "y",
};
const repository = { options, secrets: { "repo1-s3-key": "bucketKey", "repo1-s3-key-secret": "bucketSecret" } };

let stack: TestStack;
let s3: string;
let printed = "";
let processes = "";
let watching: NodeJS.Timeout;
beforeAll(async () => {
  const database = { name: "orders", secret: "database", memoryMb: 256, backup: { repository } };
  stack = await databaseStack({ secrets: undefined, database });
  const labels = { "switchback.test": "s3", "switchback.stack": stack.stack };
  await docker.createNetwork({ Name: `${stack.stack}-s3`, Labels: labels });
  s3 = await startS3(stack.stack, `${stack.stack}-s3`, "backups");
  await ok("stack", "init");
  await stack.setSecret("database", "canary-of-the-database");
  await stack.setSecret("bucketKey", canary.key);
  await stack.setSecret("bucketSecret", canary.secret);
  watching = setInterval(() => void watch().catch(() => {}), 200);
}, 300_000);
afterAll(() => {
  clearInterval(watching);
  return stack?.cleanup();
});

/** The arguments of every process that works on a database or a backup now. */
async function watch(): Promise<void> {
  const names = (await containersOf(stack)).filter((name) => /-(database|scheduler)/.test(name));
  const tops = names.map((name) => docker.getContainer(name).top({ ps_args: "-eo pid,args" }));
  for (const top of await Promise.allSettled(tops))
    if (top.status === "fulfilled") processes += JSON.stringify(top.value);
}

async function ok(...words: string[]): Promise<string> {
  const { stdout, stderr } = await stack.ok(...words, "--engine", engine);
  printed += stdout + stderr;
  return stdout;
}
const up = () => ok("up", "--yes", "--skip-preview");

/** Lets the stack reach the bucket as soon as it has a network, at an address that it gives to nobody. */
async function connectBucket(): Promise<void> {
  const network = docker.getNetwork(`${stack.stack}-platform`);
  for (;;) {
    const subnet = await network.inspect().then(
      ({ IPAM }) => IPAM?.Config?.[0]?.Subnet,
      () => undefined,
    );
    if (subnet === undefined) await sleep(50);
    else {
      const IPv4Address = subnet.replace(/\.0\/24$/, ".250");
      const EndpointConfig = { Aliases: ["s3.test"], IPAMConfig: { IPv4Address } };
      return network.connect({ Container: s3, EndpointConfig });
    }
  }
}

const listed = () => execOk(docker, s3, ["curl", "-skf", "https://127.0.0.1/backups?list-type=2&max-keys=10000"]);
const order = (id: string) =>
  ask(`${stack.url}/orders`, { method: "POST", body: JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" }) });
const orders = async () => (await query(stack, "select id from orders order by id")).map(({ id }) => id);

let point: string;

it("a first `up` puts base and WAL into the bucket, and nothing of them onto the volume", async () => {
  const connected = connectBucket();
  await up();
  await connected;
  expect(await served(stack)).toBe("200 green 2.0.0");
  const keys = await listed();
  expect(keys).toContain("switchback/backup/initial/backup.info");
  expect(keys).toMatch(/switchback\/archive\/initial\/17-1\/0000000100000000\/[0-9A-F]{24}-[0-9a-f]{40}\.zst/);
  expect(await inside(stack, "database-initial", "ls /var/lib/pgbackrest")).not.toMatch(/archive|backup/);
  expect(await changedIn(stack)).toEqual([]);
});

it("a level 2 takes its safety backup there, and moves the schema", async () => {
  for (const id of ["a", "b"]) expect((await order(id)).status).toBeLessThan(300);
  await ok("config", "set", "--path", "colors.blue.imageTag", "2.1.0");
  await ok("config", "set", "schemaVersion", "4");
  await ok("config", "set", "activeColor", "blue");
  expect(await up()).toMatch(/level 2, green 2\.0\.0 -> blue 2\.1\.0/);
  expect([await served(stack), await head(stack)]).toEqual(["200 blue 2.1.0", "4"]);
  const lines = await stack.journal();
  point = String(lines.findLast(({ event }) => event === "safety-backup")?.name);
  const kept = JSON.parse((await readRecord(docker, stack.stack, `points/${point}.json`)) ?? "{}");
  expect(kept).toMatchObject({ head: "3", base: { label: expect.stringMatching(/F$/) } });
});

it("a level 3 brings the data of that backup back from the bucket, schema and all", async () => {
  expect((await order("late")).status).toBeLessThan(300);
  await query(stack, "delete from orders where id = 'a'");
  await ok("config", "rm", "schemaVersion");
  await ok("config", "set", "activeColor", "green");
  await ok("config", "set", "targetBackup", point);
  expect(await ok("preview")).toMatch(/verdict: allowed: level 3/);
  await up();
  expect(await orders()).toEqual(["a", "b"]);
  expect([await served(stack), await head(stack)]).toEqual(["200 green 2.0.0", "3"]);
  const generation = await serving(stack);
  expect(generation).toMatch(/^restored-/);
  expect(await listed()).toContain(`switchback/backup/${generation}/backup.info`);
  expect(await changedIn(stack)).toEqual([]);
});

it("the key is nowhere: in no output, `docker inspect`, argument, environment, log, state or record", async () => {
  clearInterval(watching);
  expect(processes).toContain("pgbackrest");
  const { stdout: records } = await inRecords(docker, stack.stack, "cat $(find . -type f)", []);
  expect(records).toContain(point);
  const environments = await inside(
    stack,
    `database-${await serving(stack)}`,
    "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' || true",
  );
  const texts = { printed, processes, records, environments };
  const found = Object.entries(texts).filter(([, text]) => leaked(text, secrets).length > 0);
  expect(found.map(([name]) => name)).toEqual([]);
  expect(await leaksOf(stack, secrets)).toEqual([]);
});
