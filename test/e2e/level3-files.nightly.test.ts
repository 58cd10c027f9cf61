import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPoints } from "../../operations/backup/catalogue.ts";
import { execOk } from "../../operations/live/docker.ts";
import { killAt } from "../../scripts/crash/kill.ts";
import { quietMoment } from "../../scripts/recoveries.ts";
import { databaseStack, query, serving } from "./database.ts";
import { ask, changedIn, docker, engine, inside, ordersWith, served, type TestStack } from "./stack.ts";

let stack: TestStack;
/** Green 2.0.0 serves, blue 1.1.0 stands by; both have the volume `uploads`. */
beforeAll(async () => {
  const orders = ordersWith({ database: true, volumes: { uploads: "/uploads" } });
  stack = await databaseStack({ services: { orders } });
  await stack.upOk();
});
afterAll(() => stack?.cleanup());

async function order(id: string): Promise<void> {
  const body = JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" });
  expect((await ask(`${stack.url}/orders`, { method: "POST", body })).status).toBe(201);
}
const orders = async () => (await query(stack, "select id from orders order by id")).map(({ id }) => id);

const first = () => stack.container("orders-uploads");
const volumeOf = (generation: string) => (generation === "initial" ? first() : `${first()}-${generation}`);
/** Runs a shell line in a volume, by the keeper that holds it. */
const inVolume = (volume: string, line: string) =>
  execOk(docker, `${volume}-keeper`, ["sh", "-c", `cd /data; ${line}`]);
const note = (volume: string) => inVolume(volume, "cat note");

/** Volumes that hold the files of each container that has them: both colors, and the scheduler. */
async function mounted(): Promise<string[]> {
  const names = ["blue-orders-1", "green-orders-1", "scheduler"];
  const found = await Promise.all(names.map((name) => docker.getContainer(stack.container(name)).inspect()));
  return found.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => (Name?.includes("-uploads") ? [Name] : [])));
}
const everywhere = (volume: string) => [volume, volume, volume];

/** Asks all the time what serves, until it is stopped. */
function watched() {
  const answers: { at: number; status: number }[] = [];
  let over = false;
  const asking = (async () => {
    while (!over) {
      const { status } = await ask(`${stack.url}/version`);
      answers.push({ at: Date.now(), status });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    /** Every status that was seen, and how long there was a page instead of the application. */
    stop: async () => {
      over = true;
      await asking;
      const pages = answers.filter(({ status }) => status === 503).map(({ at }) => at);
      const statuses = [...new Set(answers.map(({ status }) => status))].sort();
      return { statuses, pageSeconds: (Math.max(...pages) - Math.min(...pages)) / 1000 };
    },
  };
}

let point: string;
let restored: string;

describe("the files of a moment, with its data", () => {
  it("are part of a backup point; then both are damaged", async () => {
    await order("a");
    await inVolume(first(), "echo good >note; mkdir -p a; echo tea >a/one; chown -R 4711 .");
    const colors = { blue: { imageTag: "2.0.0" }, green: { imageTag: "2.0.0" } };
    await stack.upOk({ colors, activeColor: "blue" });
    point = (await readPoints(docker, stack.stack)).at(-1)!.name;
    expect(await changedIn(stack)).toEqual([]);
    await order("late");
    await query(stack, "delete from orders where id = 'a'");
    await inVolume(first(), "echo bad >note; rm -r a");
  });

  it("are told by the verdict, with their age", async () => {
    stack.set({ targetBackup: point });
    const { stdout } = await stack.ok("preview", "--engine", engine);
    expect(stdout).toMatch(new RegExp(`yes +files +files of orders/uploads as of 20\\S+Z, saved with ${point}`));
    expect(stdout).toContain("what was written to orders/uploads since then stays behind too");
  });

  it("come back with the data, in a volume of the generation's own; what is left is kept", async () => {
    await stack.upOk();
    restored = await serving(stack);
    expect(restored).toMatch(/^restored-/);
    expect(await orders()).toEqual(["a"]);
    expect(await mounted()).toEqual(everywhere(volumeOf(restored)));
    expect(await inside(stack, "blue-orders-1", "cat /uploads/note /uploads/a/one; stat -c %u /uploads/note")).toBe(
      "good\ntea\n4711\n",
    );
    expect(await note(first())).toBe("bad\n");
    expect(await served(stack)).toBe("200 blue 2.0.0");
    expect(await changedIn(stack)).toEqual([]);
  });

  it("are listed with the generations", async () => {
    const { stdout } = await stack.ok("generations", "list", "--engine", engine);
    expect(stdout).toContain(`files of orders/uploads in ${first()}, `);
    expect(stdout).toContain(`files of orders/uploads in ${volumeOf(restored)}, `);
  });

  it("stay where they are in a level 1 switch, which changes one resource", async () => {
    stack.set({ activeColor: "green" });
    expect(await changedIn(stack)).toEqual(["update router"]);
    await stack.upOk();
    expect(await mounted()).toEqual(everywhere(volumeOf(restored)));
    await order("new");
    await inVolume(volumeOf(restored), "echo newer >note");
  });

  it("go forth again with an undo, and back with an undo of that", async () => {
    await stack.upOk({ targetBackup: undefined, generation: "initial", allowDataLoss: { [restored]: 1000 } });
    expect(await orders()).toEqual(["late"]);
    expect(await mounted()).toEqual(everywhere(first()));
    expect(await inside(stack, "green-orders-1", "cat /uploads/note")).toBe("bad\n");
    expect(await served(stack)).toBe("200 green 2.0.0");
    expect(await changedIn(stack)).toEqual([]);
    await stack.upOk({ generation: restored, allowDataLoss: { initial: 1000 } });
    expect(await orders()).toEqual(["a", "new"]);
    expect(await inside(stack, "green-orders-1", "cat /uploads/note")).toBe("newer\n");
  });

  it("come back while the application is served, which gets the page only from the switch until it has them", async () => {
    await inside(stack, "scheduler", "switchback-files save 0");
    const targetTime = await quietMoment();
    await inVolume(volumeOf(restored), "echo left >note");
    const before = restored;
    const answers = watched();
    const recovery = { during: "serve" };
    await stack.upOk({ generation: undefined, allowDataLoss: { [restored]: 1000 }, targetTime, recovery });
    const { statuses, pageSeconds } = await answers.stop();
    restored = await serving(stack);
    expect(restored).not.toBe(before);
    expect([await note(volumeOf(restored)), await note(volumeOf(before))]).toEqual(["newer\n", "left\n"]);
    expect(await mounted()).toEqual(everywhere(volumeOf(restored)));
    expect(statuses).toEqual([200, 503]);
    expect(pageSeconds).toBeLessThan(45);
    stack.set({ targetTime: undefined, recovery: undefined });
    expect(await changedIn(stack)).toEqual([]);
  });

  it("are rehearsed by a drill, from the last copy before a time; nobody gets them", async () => {
    await inside(stack, "scheduler", "switchback-files save 0");
    const targetTime = await quietMoment();
    await inVolume(volumeOf(restored), "echo newest >note");
    const { stdout } = await stack.upOk({ targetTime, drill: true });
    expect(stdout).toMatch(/files of orders\/uploads as of 20\S+Z, \d+ s before the target \(saved by schedule\)/);
    const drilled = (await stack.journal()).findLast(({ event }) => event === "restored")?.generation as string;
    expect(await note(volumeOf(drilled))).toBe("newer\n");
    expect(await mounted()).toEqual(everywhere(volumeOf(restored)));
    expect(await serving(stack)).toBe(restored);
    stack.set({ targetTime: undefined, drill: undefined });
    expect(await changedIn(stack)).toEqual([]);
  });

  it("are never served with other data: an update that is killed right after the switch leaves the page, and the next one goes on", async () => {
    await inside(stack, "scheduler", "switchback-files save 0");
    const targetTime = await quietMoment();
    await order("lost");
    await inVolume(volumeOf(restored), "echo lost >note");
    stack.set({ targetTime });
    const up = ["up", "--yes", "--skip-preview", "--engine", engine];
    expect(await killAt(stack, up, /restored-\S+ serves; /, "engine")).toBe(true);
    expect((await ask(`${stack.url}/version`)).status).toBe(503);
    await stack.upOk();
    const now = await serving(stack);
    expect(now).not.toBe(restored);
    expect(await mounted()).toEqual(everywhere(volumeOf(now)));
    expect([await orders(), await note(volumeOf(now))]).toEqual([["a", "new"], "newest\n"]);
    expect(await served(stack)).toBe("200 green 2.0.0");
    expect(await changedIn(stack)).toEqual([]);
  });
});
