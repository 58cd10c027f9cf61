import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyJournal } from "../../operations/journal/verify.ts";
import { readRecord } from "../../operations/live/records.ts";
import { ask, docker, engine, inside, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
});
afterAll(() => stack.cleanup());

interface Digest {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
  readonly changeSummary: Readonly<Record<string, number>>;
}

const preview = async (): Promise<Digest> =>
  JSON.parse((await stack.ok("preview", "--json", "--engine", engine)).stdout);
const outputs = async (): Promise<object> =>
  JSON.parse((await stack.ok("output", "--json", "--engine", engine)).stdout);
const changed = (digest: Digest) =>
  digest.steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").slice(2).join(" ")}`);

describe("a stack of two warm colors", () => {
  it("is previewed before it is there, without leaving anything behind", async () => {
    await stack.ok("stack", "init", "--engine", engine);
    const digest = await preview();
    expect(digest.changeSummary.create).toBeGreaterThan(8);
    expect(await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack.stack}`] } })).toEqual(
      [],
    );
  });

  it("comes up with one command, and answers with the color and release that serve", async () => {
    const { stdout } = await stack.upOk();
    expect(stdout).toContain("first deployment, green 1.1.0 gets the traffic");
    expect(await served(stack)).toBe("200 green 1.1.0");
    expect(await outputs()).toMatchObject({
      url: stack.url,
      activeColor: "green",
      colors: { blue: { release: "1.0.0" }, green: { release: "1.1.0" } },
      verdict: "green 1.1.0 serves; blue 1.0.0 stands by",
    });
  });

  it("changes nothing when `up` runs again", async () => {
    expect(changed(await preview())).toEqual([]);
    const before = [await stack.journal(), await outputs()];
    await stack.upOk();
    expect([await stack.journal(), await outputs()]).toEqual(before);
  });

  it("rolls back by one value of the config, and changes exactly one resource", async () => {
    await stack.ok("config", "set", "activeColor", "blue", "--engine", engine);
    const digest = await preview();
    expect(changed(digest)).toEqual(["update switchback:index:Router$command:local:Command router"]);
    const { stdout } = await stack.ok(
      "up",
      "--yes",
      "--skip-preview",
      "--message",
      "green is slow",
      "--engine",
      engine,
    );
    expect(stdout).toContain("level 1, green 1.1.0 -> blue 1.0.0");
    expect(await served(stack)).toBe("200 blue 1.0.0");
    expect(changed(await preview())).toEqual([]);
  });

  it("records who, why, from, to and how long in a journal whose chain is whole", async () => {
    const lines = await stack.journal();
    const switched = lines.findLast(({ event }) => event === "switched");
    expect(switched).toMatchObject({
      from: "green 1.1.0",
      to: "blue 1.0.0",
      actor: "tester",
      reason: "green is slow",
      level: 1,
    });
    expect(verifyJournal((await readRecord(docker, stack.stack, "journal.jsonl")) ?? "")).toEqual([]);
  });

  it("goes back and forth", async () => {
    await stack.upOk({ activeColor: "green" });
    expect(await served(stack)).toBe("200 green 1.1.0");
    await stack.upOk({ activeColor: "blue" });
    expect(await served(stack)).toBe("200 blue 1.0.0");
  });

  it("puts a pointer right that was flipped by hand, as one visible update", async () => {
    await inside(stack, "router", "switchback-route green --because 'by hand'");
    await inside(
      stack,
      "router",
      "jq 'del(.override) + {override: null}' /var/lib/switchback/router.json > /tmp/r && cp /tmp/r /var/lib/switchback/router.json",
    );
    expect(changed(await preview())).toEqual(["update switchback:index:Router$command:local:Command router"]);
    await stack.upOk();
    expect(await served(stack)).toBe("200 blue 1.0.0");
    expect(changed(await preview())).toEqual([]);
  });

  it("rolls back although the color being left is dead", async () => {
    await docker.getContainer(stack.container("blue-orders-1")).kill();
    expect((await ask(`${stack.url}/version`)).status).toBeGreaterThanOrEqual(500);
    await stack.upOk({ activeColor: "green" });
    expect(await served(stack)).toBe("200 green 1.1.0");
  });

  it("starts a dead color again by a refresh, and leaves data behind on destroy", async () => {
    await stack.ok("up", "--yes", "--skip-preview", "--refresh", "--engine", engine);
    const { State } = await docker.getContainer(stack.container("blue-orders-1")).inspect();
    expect(State.Running).toBe(true);
    await stack.ok("destroy", "--yes", "--skip-preview", "--engine", engine);
    const left = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack.stack}`] } });
    expect(left.map(({ Names }) => Names[0])).toEqual([`/${stack.stack}-records`]);
    expect((await stack.journal()).length).toBeGreaterThan(0);
  });
});
