import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFileIn, writeFilesIn } from "../../../operations/files/container-files.ts";
import { type FilesGoal, hashFilesGoal } from "../../../operations/files/goal.ts";
import { runFiles } from "../../../operations/files/operation.ts";
import { readFilesState, writeMarker } from "../../../operations/files/state.ts";
import { connect } from "../../../operations/live/docker.ts";
import { removeLabelled } from "../../../scripts/leftovers.ts";

const docker = connect();
const stack = `files-${randomBytes(3).toString("hex")}`;
const container = `${stack}-service`;

/** Counts reloads in /loads, and ends with 1 when its file says "broken". */
const program = `
cat /etc/service/conf >/loaded 2>/dev/null
load() { grep -q broken /etc/service/conf && exit 1; echo load >>/loads; cat /etc/service/conf >/loaded; }
trap load HUP
trap 'exit 0' TERM
while :; do sleep 0.1; done`;

beforeAll(async () => {
  const made = await docker.createContainer({
    name: container,
    Image: "debian:trixie-slim",
    Cmd: ["sh", "-c", program],
    Labels: { "switchback.stack": stack, "switchback.test": stack },
    HostConfig: { Init: true, RestartPolicy: { Name: "unless-stopped" } },
  });
  await writeFilesIn(docker, container, [{ path: "/etc/service/conf", content: "first", mode: 0o444, uid: 0 }]);
  await made.start();
});
afterAll(() => removeLabelled(docker, [`switchback.stack=${stack}`]));

const goal = (content: string): FilesGoal => ({
  stack,
  part: "service",
  container,
  marker: "/etc/switchback/files.json",
  files: [{ path: "/etc/service/conf", content, mode: 0o444, uid: 0 }],
  keep: [],
  reload: { signal: "SIGHUP" },
  ready: null,
});
const journal: unknown[] = [];
const run = (content: string, epoch: string) =>
  runFiles({
    docker,
    goal: goal(content),
    epoch,
    reason: "",
    actor: "tester",
    journal: async (entry) => {
      journal.push(entry);
      return { at: "" };
    },
    log: () => {},
  });
const loads = async () => ((await readFileIn(docker, container, "/loads")) ?? "").split("\n").filter(Boolean).length;
const marker = async () => (await readFilesState(docker, goal("")))?.marker;

describe("the files of a running container", () => {
  it("that are there from its start are only recorded", async () => {
    expect(await run("first", "e1")).toEqual({ part: "service", written: [], reloaded: false });
    expect(await marker()).toEqual({ goal: hashFilesGoal(goal("first")), epoch: "e1", pending: null });
    expect(await loads()).toBe(0);
  });

  it("are written and taken by a signal, without a new container", async () => {
    const before = (await docker.getContainer(container).inspect()).State.StartedAt;
    expect(await run("second", "e2")).toEqual({ part: "service", written: ["/etc/service/conf"], reloaded: true });
    expect([await loads(), await readFileIn(docker, container, "/loaded")]).toEqual([1, "second"]);
    expect((await docker.getContainer(container).inspect()).State.StartedAt).toBe(before);
    expect(journal.at(-1)).toMatchObject({ event: "platform", part: "service", written: ["/etc/service/conf"] });
  });

  it("change nothing the second time", async () => {
    expect((await run("second", "e2")).reloaded).toBe(false);
    expect(await loads()).toBe(1);
  });

  it("are taken after a kill between writing and reloading", async () => {
    await writeFilesIn(docker, container, goal("third").files);
    const pending = { epoch: "e3", goal: hashFilesGoal(goal("third")), since: "" };
    await writeMarker(docker, goal(""), { goal: hashFilesGoal(goal("second")), epoch: "e2", pending });
    expect(await run("third", "e4")).toMatchObject({ written: [], reloaded: true });
    expect(await readFileIn(docker, container, "/loaded")).toBe("third");
  });

  it("go back, with the marker as it was, when the service does not bear them", async () => {
    await expect(run("broken", "e5")).rejects.toThrow(/process that ended.*the files before are back/);
    expect(await readFileIn(docker, container, "/etc/service/conf")).toBe("third");
    expect(await marker()).toEqual({ goal: hashFilesGoal(goal("third")), epoch: "e4", pending: null });
    expect(journal.at(-1)).toMatchObject({ event: "failed", part: "service" });
  });
});
