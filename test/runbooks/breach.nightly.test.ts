import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readEvidence } from "../../operations/isolation/evidence.ts";
import { execOk } from "../../operations/live/docker.ts";
import { databaseStack } from "../e2e/database.ts";
import { ask, docker, engine, freePort, inside, ordersWith, served, type TestStack } from "../e2e/stack.ts";
import { moment, order, orders } from "./orders.ts";
import { type Walk, walk } from "./walk.ts";

let stack: TestStack;
let book: Walk;
beforeAll(async () => {
  const volumes = { files: "/var/lib/orders" };
  stack = await databaseStack({
    services: { orders: ordersWith({ database: true, volumes }) },
    platform: {
      set: "platform",
      services: {
        metrics: {
          image: "switchback/orders:1.0.0",
          slot: 0,
          port: 8080,
          publish: { port: await freePort() },
          memoryMb: 64,
        },
      },
    },
  });
  await stack.upOk();
  book = walk("breach", stack);
});
afterAll(() => stack.cleanup());

const router = (changes: Readonly<Record<string, unknown>>) => ({
  router: {
    port: stack.port,
    drain: { httpSeconds: 15, webSocketSeconds: 3 },
    gate: { timeoutSeconds: 15 },
    ...changes,
  },
});
const isolated = () => router({ isolate: true });

interface Seen {
  readonly id: string;
  readonly pid: number;
  readonly networks: readonly string[];
}

/** Every container that is no keeper, by its short name. */
async function containers(): Promise<Record<string, Seen>> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack.stack}`] } });
  const own = found.filter(({ Labels }) => Labels["switchback.role"] !== "keeper");
  const inspected = await Promise.all(own.map(({ Id }) => docker.getContainer(Id).inspect()));
  return Object.fromEntries(
    inspected.map(({ Id, Name, State, NetworkSettings }) => [
      Name.slice(stack.stack.length + 2),
      { id: Id, pid: State.Pid, networks: Object.keys(NetworkSettings.Networks).filter((name) => name !== "none") },
    ]),
  );
}

const identities = (all: Record<string, Seen>) => Object.entries(all).map(([name, { id, pid }]) => [name, id, pid]);
const said = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr;

/** No container was made anew or stopped, and none but the router has a network of the stack. */
async function expectEvidence(before: Record<string, Seen>): Promise<void> {
  const now = await containers();
  expect(identities(now)).toEqual(identities(before));
  for (const [name, { networks }] of Object.entries(now))
    if (name !== "router")
      expect(
        networks.filter((network) => network !== `${stack.stack}-isolation`),
        name,
      ).toEqual([]);
}

it("isolates: nothing gets in or out, every container runs on, and evidence is kept", async () => {
  await order(stack, "before");
  const before = await containers();
  await book.type("isolate");
  stack.set(isolated());
  expect((await ask(`${stack.url}/version`)).status).toBe(503);
  await expectEvidence(before);
  const [evidence] = await readEvidence(docker, stack.stack);
  expect(evidence?.copied.map(({ name }) => name)).toContain(`${stack.stack}-orders-files`);
  expect(evidence?.left.map(({ name }) => name)).toContain(`${stack.stack}-database-initial`);
  await execOk(docker, evidence!.name, ["sh", "-c", "cd /data && sha256sum --quiet -c MANIFEST.sha256"]);
  await book.type("evidence", { evidence: evidence!.name, folder: join(stack.dir, "evidence") });
  await expectEvidence(before);
});

it("an `up` that follows changes nothing, and one with --refresh neither", async () => {
  const before = await containers();
  expect((await stack.upOk()).stdout).toMatch(/Resources:\n {4}\d+ unchanged\n/);
  const refreshed = await stack.switchback("up", "--yes", "--skip-preview", "--refresh", "--engine", engine);
  expect(refreshed.code, said(refreshed)).toBe(0);
  await expectEvidence(before);
  await stack.upOk();
  await expectEvidence(before);
});

it("`destroy` is refused", async () => {
  const before = await containers();
  const destroyed = await stack.switchback("destroy", "--yes", "--engine", engine);
  expect(destroyed.code).not.toBe(0);
  expect(said(destroyed)).toContain("protect");
  await expectEvidence(before);
});

it("a container that somebody let out is cut again", async () => {
  const before = await containers();
  await docker.getNetwork(`${stack.stack}-blue`).connect({ Container: stack.container("blue-orders-1") });
  await stack.upOk();
  await expectEvidence(before);
});

it("refuses level 1, 2 and 3 meanwhile", async () => {
  const before = await containers();
  const refused = async (changes: Readonly<Record<string, unknown>>, why: RegExp) => {
    const { code, ...output } = await stack.up({ ...isolated(), ...changes });
    expect(code).not.toBe(0);
    expect(said(output)).toMatch(why);
  };
  const colors = { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.0.0" } };
  await refused({ activeColor: "blue" }, /isolate: .*got activeColor green -> blue; a false alarm\?/);
  await refused(
    { activeColor: "green", colors: { ...colors, blue: { imageTag: "2.0.0" } } },
    /another release or set of blue/,
  );
  await refused(
    { colors, targetTime: new Date().toISOString() },
    /isolate: .*expected nothing else to change meanwhile/,
  );
  await refused(
    { targetTime: undefined, activeColor: "blue", ...router({}) },
    /isolate: .*when it ends as a false alarm/,
  );
  stack.set({ activeColor: "green", colors, ...isolated() });
  await expectEvidence(before);
});

it("a false alarm ends with everything as it was, and the same containers", async () => {
  const before = await containers();
  await book.type("false-alarm");
  stack.set(router({}));
  expect(await served(stack)).toBe("200 green 2.0.0");
  const now = await containers();
  expect(identities(now)).toEqual(identities(before));
  expect(now["green-orders-1"]?.networks).toEqual([`${stack.stack}-green`]);
  expect((await docker.getContainer(now["green-orders-1"]!.id).inspect()).HostConfig.RestartPolicy?.Name).toBe(
    "unless-stopped",
  );
  await order(stack, "between");
  expect((await stack.upOk()).stdout).toMatch(/Resources:\n {4}\d+ unchanged\n/);
});

it("after a clearance another release runs on fresh containers, and the isolated ones stand aside with their memory", async () => {
  const began = await containers();
  await stack.upOk(isolated());
  const colors = { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.0.0" } };
  const clearance = { by: "ann", at: new Date(Date.now() + 1000).toISOString() };
  const { stdout } = await stack.upOk({ activeColor: "blue", colors, clearance, ...router({}) });
  expect(stdout).toMatch(/cleared by ann: what was isolated stands aside/);
  expect(await served(stack)).toBe("200 blue 1.1.0");
  const now = await containers();
  const evidence = (await readEvidence(docker, stack.stack)).at(-1)!.name.slice(stack.stack.length + 1);
  for (const [name, { id, pid }] of Object.entries(began)) {
    expect(now[name]?.id, name).not.toBe(id);
    expect(now[`${evidence}-${name}`]?.id).toBe(id);
    if (name !== "database-initial") expect(now[`${evidence}-${name}`]?.pid, name).toBe(pid);
  }
  expect(await orders(stack)).toEqual(["before", "between"]);
  expect(await inside(stack, "router", "switchback-route status")).toContain("serve");
  expect((await stack.upOk()).stdout).toMatch(/Resources:\n {4}\d+ unchanged\n/);
});

it("after a second breach the data from before it comes back, with fresh containers once more", async () => {
  const time = await moment();
  await order(stack, "forged");
  const began = await containers();
  await stack.upOk(isolated());
  await book.type("clear", { time });
  expect((await ask(`${stack.url}/version`)).status).toBe(503);
  await book.type("open");
  expect(await served(stack)).toBe("200 blue 1.1.0");
  expect(await orders(stack)).toEqual(["before", "between"]);
  const now = await containers();
  for (const name of ["blue-orders-1", "green-orders-1", "pooler", "router", "metrics"])
    expect(now[name]?.id, name).not.toBe(began[name]?.id);
  expect((await readEvidence(docker, stack.stack)).map(({ kind }) => kind)).toEqual([
    "isolation",
    "isolation",
    "isolation",
  ]);
});

it("what stands aside is removed by hand, and the evidence stays held", async () => {
  const evidence = (await readEvidence(docker, stack.stack)).at(-1)!.name;
  const aside = async () =>
    Object.keys(await containers()).filter((name) => stack.container(name).startsWith(`${evidence}-`));
  expect((await aside()).length).toBeGreaterThan(4);
  await book.type("remove", { evidence });
  expect(await aside()).toEqual([]);
  expect((await docker.getContainer(evidence).inspect()).State.Running).toBe(true);
  expect(await served(stack)).toBe("200 blue 1.1.0");
  book.finish();
});
