import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseStack, query } from "../e2e/database.ts";
import { docker, inside, served, type TestStack } from "../e2e/stack.ts";
import { archive, order } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
/** The volume of backups is small, and a disk of its own. */
beforeAll(async () => {
  stack = await databaseStack();
  await docker.createVolume({
    Name: stack.container("backups"),
    Labels: { "switchback.stack": stack.stack },
    DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=128m,uid=10002,gid=10002,mode=0750" },
  });
  await stack.upOk();
  book = walk("backup-failure", stack);
});
afterAll(() => stack.cleanup());

const serving = { serving: "initial" };
const within = (line: string) => inside(stack, "database-initial", line);
const status = async () => (await stack.ok("status")).stdout;

it("finds a gap in the archive, and gets to a good base again", async () => {
  const segment = (
    await within("psql -XAtq -h /run/postgresql -U postgres -c 'select pg_walfile_name(pg_switch_wal())'")
  ).trim();
  await order(stack, "a");
  await archive(stack);
  await within(`rm /var/lib/pgbackrest/archive/initial/*/*/${segment}-*`);
  const { code, stdout } = await stack.up({
    colors: { blue: { imageTag: "2.1.0" }, green: { imageTag: "2.0.0" } },
    activeColor: "blue",
    schemaVersion: "4",
  });
  expect(code).not.toBe(0);
  expect(stdout).toMatch(
    /got a gap: .*Take a new base: docker exec \S+ pgbackrest --stanza=initial --type=full backup/,
  );
  stack.set({
    colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.0.0" } },
    activeColor: "green",
    schemaVersion: undefined,
  });
  await book.type("base", serving);
});

it("makes room on a volume that is full, and the schedule goes on", async () => {
  await within("cat /dev/zero >/var/lib/pgbackrest/ballast 2>/dev/null || true");
  await order(stack, "b");
  await query(stack, "select pg_switch_wal()");
  await expect.poll(status, { timeout: 60_000 }).toMatch(/^backup [\s\S]* [1-9]\d* segments\s+wait/m);
  await book.type("look", serving);
  await within("rm /var/lib/pgbackrest/ballast");
  await book.type("expire", serving);
  await book.type("schedule");
  await book.type("base", serving);
  await expect.poll(status, { timeout: 90_000 }).toMatch(/^backup [\s\S]* 0 segments\s+wait$/m);
  expect(await served(stack)).toBe("200 green 2.0.0");
  book.finish();
});
