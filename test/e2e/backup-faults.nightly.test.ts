import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { readPoints } from "../../operations/backup/catalogue.ts";
import { execOk } from "../../operations/live/docker.ts";
import { databaseStack, head, query } from "./database.ts";
import { ask, docker, engine, inside, ordersWith, served, type TestStack } from "./stack.ts";

let stack: TestStack;
/** Green 2.0.0 serves on the schema 3, which blue 1.1.0 accepts too. The volume of backups is small, and a disk of its own. */
beforeAll(async () => {
  const orders = ordersWith({ database: true, volumes: { uploads: "/uploads" } });
  stack = await databaseStack({ services: { orders } });
  await docker.createVolume({
    Name: stack.container("backups"),
    Labels: { "switchback.stack": stack.stack },
    DriverOpts: { type: "tmpfs", device: "tmpfs", o: "size=128m,uid=10002,gid=10002,mode=0750" },
  });
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

let orders = 0;
async function writes(): Promise<void> {
  orders += 1;
  const body = JSON.stringify({ id: `o${orders}`, item: "tea", price: 1, currency: "EUR" });
  expect((await ask(`${stack.url}/orders`, { method: "POST", body })).status).toBe(201);
}
beforeEach(async () => {
  expect([await served(stack), await head(stack)]).toEqual(["200 green 2.0.0", "3"]);
  await writes();
});

const before = {
  colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.0.0" } },
  activeColor: "green",
  schemaVersion: undefined,
};
/** Blue becomes 2.1.0, over a contract: a safety backup comes first. */
const change = {
  colors: { blue: { imageTag: "2.1.0" }, green: { imageTag: "2.0.0" } },
  activeColor: "blue",
  schemaVersion: "4",
};
const archive = "/var/lib/pgbackrest/archive/initial";
const points = async () => (await readPoints(docker, stack.stack)).map(({ name }) => name);

async function changed(): Promise<string[]> {
  const digest = JSON.parse((await stack.ok("preview", "--json", "--engine", engine)).stdout);
  const steps: { op: string; urn: string }[] = digest.steps;
  return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

/** Everything that a change could have touched, as it is now. */
async function standing(): Promise<unknown> {
  const label = [`switchback.stack=${stack.stack}`];
  const containers = await docker.listContainers({ all: true, filters: { label } });
  const ids = containers.map(({ Id, Names }) => `${Names[0]} ${Id}`).sort();
  return [ids, await head(stack), await points()];
}

/** The change is refused for this reason, and nothing of it is left half done: the old config finds nothing to do. */
async function refused(reason: RegExp): Promise<void> {
  const held = await standing();
  const { code, stdout } = await stack.up(change);
  expect(code).not.toBe(0);
  expect(stdout).toMatch(reason);
  expect(await standing()).toEqual(held);
  await writes();
  stack.set(before);
  expect(await changed()).toEqual([]);
}

describe("before anything moves, an update is refused that cannot take its safety backup:", () => {
  it("the disk of the backups is full", async () => {
    await inside(stack, "database-initial", "cat /dev/zero >/var/lib/pgbackrest/ballast 2>/dev/null || true");
    await refused(/no space left on device.*; nothing has moved/i);
    await inside(stack, "database-initial", "rm /var/lib/pgbackrest/ballast");
  });

  it("the archive has a gap that nothing else shows", async () => {
    const segment = await inside(
      stack,
      "database-initial",
      `psql -XAtq -h /run/postgresql -U postgres -c "select pg_walfile_name(pg_switch_wal())"`,
    );
    await writes();
    await query(stack, "select pg_switch_wal()");
    const file = `${archive}/*/*/${segment.trim()}-*`;
    await until(async () => void (await inside(stack, "database-initial", `ls ${file}`)));
    await inside(stack, "database-initial", `rm ${file}`);
    await refused(new RegExp(`got a gap: ${segment.trim()}; nothing has moved\\. Take a new base`));
  });

  it("the archive takes nothing any more", async () => {
    await inside(stack, "database-initial", "pgbackrest --stanza=initial --type=full backup");
    await inside(stack, "database-initial", `chmod a-w ${archive}/*/*`);
    await refused(/expected WAL segment [0-9A-F]{24} in the repository of initial, got: .*Permission denied/);
    await inside(stack, "database-initial", `chmod u+w ${archive}/*/*`);
  });

  it("the files of a service cannot be saved", async () => {
    await inside(stack, "scheduler", "mv /var/lib/pgbackrest/files/repository/keys /var/lib/pgbackrest/files/gone");
    await refused(/expected to save the files of orders\/uploads, got: .*; nothing has moved/);
    await inside(stack, "scheduler", "mv /var/lib/pgbackrest/files/gone /var/lib/pgbackrest/files/repository/keys");
  });
});

it("a wrong password, changed by hand, is one update in the next preview, which sets it right", async () => {
  await query(stack, "alter role orders_blue password 'nobody knows'");
  expect(await changed()).toEqual(["update database"]);
  await stack.upOk();
  expect(await changed()).toEqual([]);
});

it("a wrong password keeps a color from getting ready: the schema goes back, and what served goes on", async () => {
  const spoiled = afterBackup("alter role orders_blue password 'nobody knows'");
  const { code, stdout } = await stack.up(change);
  await spoiled;
  expect(code).not.toBe(0);
  expect(stdout).toMatch(
    /expected blue to be ready on the schema 4 .* the schema is back at 3, and green serves as before/,
  );
  expect([await served(stack), await head(stack)]).toEqual(["200 green 2.0.0", "3"]);
  await writes();
  await stack.upOk(before);
  expect(await changed()).toEqual([]);
});

it("another database secret is refused while it would change the color that serves", async () => {
  const held = await standing();
  const { code, stdout } = await stack.up({ ...before, secrets: { database: "a slip of somebody's hand" } });
  expect(code).not.toBe(0);
  expect(stdout).toMatch(
    /activeColorFrozen: expected no change of green, which serves, got another password of orders_green/,
  );
  expect(await standing()).toEqual(held);
  await writes();
  stack.set({ secrets: { database: "canary-of-the-database" } });
  expect(await changed()).toEqual([]);
});

it("an update that makes the database or the pooler anew says so before it happens", async () => {
  const database = { name: "orders", secret: "database", memoryMb: 256 };
  const told = async (settings: Record<string, unknown>) => {
    stack.set({ ...before, database: { ...database, ...settings } });
    const { stdout } = await stack.ok("preview", "--engine", engine);
    const replaced = (await changed()).filter((step) => step.startsWith("replace"));
    return [replaced, /yes +replaced +not lossless: (the \w+) is made anew/.exec(stdout)?.[1]];
  };
  expect(await told({ memoryMb: 256 })).toEqual([[], undefined]);
  expect(await told({ parameters: { work_mem: "8MB" } })).toEqual([["replace database-container"], "the database"]);
  expect(await told({ pooler: { poolSize: 5 } })).toEqual([["replace pooler-container"], "the pooler"]);
  stack.set({ database });
});

it("once it can be saved, the change goes through, and its point has the files, which come back into a new volume", async () => {
  const known = await points();
  const volume = stack.container("orders-uploads");
  await upload("echo before >note");
  await stack.upOk(change);
  expect([await served(stack), await head(stack)]).toEqual(["200 blue 2.1.0", "4"]);
  const point = (await readPoints(docker, stack.stack)).at(-1)!;
  expect(known).not.toContain(point.name);
  expect(point.files).toMatchObject([{ service: "orders", volume: "uploads", files: 1, bytes: 7, consistent: true }]);
  await upload("echo after >note");
  const to = `${volume}-again`;
  const words = ["restore-files", "orders", "uploads", to, point.name, "--engine", engine];
  const { stdout } = await stack.ok(...words);
  expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toMatchObject({ point: point.name, volume: to, files: 1 });
  expect(await execOk(docker, `${to}-keeper`, ["cat", "/data/note"])).toBe("before\n");
  expect(await execOk(docker, `${volume}-keeper`, ["cat", "/data/note"])).toBe("after\n");
  expect((await stack.journal()).at(-1)).toMatchObject({ event: "restored-files", name: point.name, to });
});

/** Writes into the services' volume, by the keeper that holds it. */
const upload = (line: string) =>
  execOk(docker, `${stack.container("orders-uploads")}-keeper`, ["sh", "-c", `cd /data; ${line}`]);

/** Waits for the next safety backup, after which an update looks at no password any more, then runs a statement. */
async function afterBackup(sql: string): Promise<void> {
  const known = (await points()).length;
  await until(async () => expect((await points()).length).toBeGreaterThan(known));
  await query(stack, sql);
}

async function until(check: () => Promise<void>): Promise<void> {
  for (let round = 0; ; round++) {
    try {
      return await check();
    } catch (error) {
      if (round > 120) throw error;
      await sleep(250);
    }
  }
}
