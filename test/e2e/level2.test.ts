import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDatabase } from "../../operations/database/connect.ts";
import { verifyJournal } from "../../operations/journal/verify.ts";
import { readRecord } from "../../operations/live/records.ts";
import { compareLedger } from "../../scripts/load/ledger.ts";
import { type Load, startLoad } from "../../scripts/load/load.ts";
import { totals } from "../../scripts/load/result.ts";
import { databaseStack, head, query } from "./database.ts";
import { ask, changedIn, docker, engine, inside, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await databaseStack();
});
afterAll(() => stack.cleanup());

const changed = () => changedIn(stack);

/** Runs `work` under load, then holds every acknowledged order against the database. */
async function underLoad(work: () => Promise<unknown>) {
  const load: Load = await startLoad({ url: stack.url, requestsPerSecond: 60, webSockets: 5, maxSeconds: 120 });
  try {
    await work();
    const { requests, acknowledged } = await load.stop();
    const client = await connectDatabase(docker, databaseOf(stack));
    const ledger = await compareLedger(client, acknowledged).finally(() => client.end());
    return { ...totals(requests), ledger };
  } finally {
    load.kill();
  }
}

const databaseOf = ({ stack: name }: TestStack) => ({
  container: `${name}-database-initial`,
  database: "orders",
  user: "postgres",
});

describe("a release, its schema and its config set", () => {
  it("come up together, with the schema where both colors fit, and change nothing when `up` runs again", async () => {
    const { stdout } = await stack.upOk();
    expect(stdout).toMatch(/first deployment, green 2\.0\.0 .* the schema goes from its beginning to 3/);
    expect(await served(stack)).toBe("200 green 2.0.0");
    expect(await changed()).toEqual([]);
  });

  it("switch at level 1 between releases that both accept the schema: one changed resource", async () => {
    stack.set({ activeColor: "blue" });
    expect(await changed()).toEqual(["update router"]);
    const { stdout } = await stack.upOk();
    expect(stdout).toContain("level 1, green 2.0.0 -> blue 1.1.0");
    expect(await head(stack)).toBe("3");
  });

  it("are refused a contract that schemaVersion does not name, and nothing changes", async () => {
    const colors = { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.1.0" } };
    const { code, stdout } = await stack.up({ colors, activeColor: "green" });
    expect(code).not.toBe(0);
    expect(stdout).toContain("pulumi config set schemaVersion 4");
    expect(await served(stack)).toBe("200 blue 1.1.0");
  });

  it("go forward over a contract under load, held instead of failed; the color left is closed", async () => {
    const result = await underLoad(() => stack.upOk({ schemaVersion: "4" }));
    expect(result).toMatchObject({ failed: 0, failures: {}, ledger: { missing: 0 } });
    expect(result.requests).toBeGreaterThan(100);
    expect([await served(stack), await head(stack)]).toEqual(["200 green 2.1.0", "4"]);
    const lines = await stack.journal();
    expect(lines.findLast(({ event }) => event === "migrated")).toMatchObject({ level: 2, from: "3", to: "4" });
    expect(lines.findLast(({ event }) => event === "switched")).toMatchObject({ level: 2 });
    const events = lines.map(({ event }) => event);
    expect(events.lastIndexOf("safety-backup")).toBeLessThan(events.lastIndexOf("holding"));
    const { name } = lines.findLast(({ event }) => event === "safety-backup") as unknown as { name: string };
    const point = JSON.parse((await readRecord(docker, stack.stack, `points/${name}.json`)) ?? "{}");
    expect(point).toMatchObject({ head: "3", activeColor: "blue", releases: { blue: "1.1.0" } });
  });

  it("a closed color that tries to write is refused by the pooler", async () => {
    const order = `{"id":"stray","item":"x","price":1}`;
    const line = `curl -s -o /dev/null -w '%{http_code}' -m 5 -d '${order}' http://$(getent hosts ${stack.container("blue-orders-1")} | cut -d' ' -f1):8080/orders`;
    expect(Number(await inside(stack, "router", line))).toBeGreaterThanOrEqual(500);
    expect(await query(stack, "select count(*)::int as n from orders where id = 'stray'")).toEqual([{ n: 0 }]);
  });

  it("are told by `switchback status` on one screen, with the color that is closed and the age of the base", async () => {
    const { stdout } = await stack.ok("status", "--engine", engine);
    expect(stdout).toMatch(/^serves +green 2\.1\.0 since /m);
    const closed = /blue 1\.1\.0, 1 of 1 containers run; closed: 1\.1\.0 accepts schema \d to 3, and it is 4 /;
    expect(stdout.replace(/\s+/g, " ")).toMatch(closed);
    expect(stdout).toMatch(/^schema +4$/m);
    expect(stdout).toMatch(/^backup +base \S+, 0\.\d h old; archive \d+ s behind/m);
    const { schema } = JSON.parse((await stack.ok("status", "--json", "--engine", engine)).stdout);
    expect(schema).toEqual({ value: "4" });
  });

  it("are refused a lossy way back, with the number of values and the command that allows it", async () => {
    await ask(`${stack.url}/orders`, {
      method: "POST",
      body: `{"id":"kept","item":"tea","price":2,"currency":"EUR","discount_cents":7}`,
    });
    stack.set({ schemaVersion: undefined, activeColor: "blue" });
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toMatch(
      /dataLoss: expected nothing to be lost, got \d+ values of orders\.discount_cents; .*allowDataLoss\.4 \d+/,
    );
    expect([await served(stack), await head(stack)]).toEqual(["200 green 2.1.0", "4"]);
  });

  it("go back under load, with every acknowledged order; what is lost is exactly what is printed", async () => {
    const result = await underLoad(async () => {
      const { stdout } = await stack.upOk({ allowDataLoss: { 4: 100_000 } });
      expect(stdout).toMatch(
        /level 2, green 2\.1\.0 -> blue 1\.1\.0 .* the schema goes from 4 to 3 while requests are held/,
      );
      expect(stdout).toMatch(/^ +(yes|unknown) +drain +orders: .* \d+ requests.*; requests on green get 3 s to end/m);
      const told = Number(/(\d+) values of orders\.discount_cents kept/.exec(stdout)?.[1]);
      const kept = await query(stack, "select lost::int as n from switchback.kept where migration = '4'");
      expect(kept).toEqual([{ n: told }]);
    });
    expect(result).toMatchObject({ failed: 0, failures: {}, ledger: { missing: 0 } });
    expect([await served(stack), await head(stack)]).toEqual(["200 blue 1.1.0", "3"]);
    expect(await changed()).toEqual([]);
  });

  it("find the kept values again when they go forward once more", async () => {
    await stack.upOk({ schemaVersion: "4", activeColor: "green" });
    expect(await query(stack, "select discount_cents from orders where id = 'kept'")).toEqual([{ discount_cents: 7 }]);
  });

  it("are not given the same allowance twice", async () => {
    stack.set({ schemaVersion: undefined, activeColor: "blue" });
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("pulumi config set --path allowDataLoss.4");
  });

  it("survive destroy and a prune of everything unused: the next `up` finds data, backups and journal", async () => {
    const before = await query(stack, "select count(*)::int as n from orders");
    await stack.ok("destroy", "--yes", "--skip-preview", "--engine", engine);
    const unused = { filters: { label: [`switchback.stack=${stack.stack}`] } };
    await docker.pruneContainers(unused);
    await docker.pruneVolumes(unused);
    await docker.pruneNetworks(unused);
    await stack.upOk({ activeColor: "green" });
    expect(await query(stack, "select count(*)::int as n from orders")).toEqual(before);
    expect([await served(stack), await head(stack)]).toEqual(["200 green 2.1.0", "4"]);
    expect(await changed()).toEqual([]);
  });

  it("leave a journal whose chain is whole", async () => {
    expect(verifyJournal((await readRecord(docker, stack.stack, "journal.jsonl")) ?? "")).toEqual([]);
  });
});
