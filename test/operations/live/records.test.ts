import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyJournal } from "../../../operations/journal/verify.ts";
import { connect, exec } from "../../../operations/live/docker.ts";
import { appendJournal, readJournal } from "../../../operations/live/journal.ts";
import { takeLock, withLock } from "../../../operations/live/lock.ts";
import { ensureRecords, readRecord, recordsName, writeRecord } from "../../../operations/live/records.ts";

const docker = connect();
const stack = `records-${randomBytes(3).toString("hex")}`;
const container = recordsName(stack);

beforeAll(() => ensureRecords(docker, stack));
afterAll(async () => {
  await docker.getContainer(container).remove({ force: true });
  await docker.getVolume(container).remove();
});

describe("the keeper of the records", () => {
  it("is made once, and started again when it was stopped", async () => {
    const before = await docker.getContainer(container).inspect();
    await docker.getContainer(container).kill();
    await ensureRecords(docker, stack);
    const after = await docker.getContainer(container).inspect();
    expect(after.Id).toBe(before.Id);
    expect(after.State.Running).toBe(true);
  });

  it("refuses a container of the same name that belongs to another stack", async () => {
    const name = `x${stack}`;
    const foreign = await docker.createContainer({
      name: recordsName(name),
      Image: "debian:trixie-slim",
      Cmd: ["true"],
      Labels: { "switchback.test": "records" },
    });
    try {
      await expect(ensureRecords(docker, name)).rejects.toThrow(
        /to be the keeper of stack .* got one labelled stack=none/,
      );
    } finally {
      await foreign.remove({ force: true });
    }
  });

  it("keeps files whole", async () => {
    expect(await readRecord(docker, stack, "owner.json")).toBeUndefined();
    await writeRecord(docker, stack, "owner.json", '{"a":1}');
    expect(await readRecord(docker, stack, "owner.json")).toBe('{"a":1}');
  });
});

describe("the journal", () => {
  it("chains its lines, also after one was torn and with quotes in it, and notices a change", async () => {
    await Promise.all(
      [1, 2, 3].map((n) => appendJournal(docker, stack, { event: "switching", reason: `it's "${n}" $HOME \\ é` })),
    );
    await exec(docker, container, ["sh", "-c", 'printf \'{"seq":4,"at\' >> /records/journal.jsonl']);
    await appendJournal(docker, stack, { event: "switched" });
    const lines = await readJournal(docker, stack);
    expect(lines.map((line) => [line.seq, line.event])).toEqual([
      [1, "switching"],
      [2, "switching"],
      [3, "switching"],
      [4, "switched"],
    ]);
    expect(lines[0]?.reason).toMatch(/^it's "\d" \$HOME \\ é$/);
    const text = (await readRecord(docker, stack, "journal.jsonl"))!;
    expect(verifyJournal(text)).toEqual(["line 4: torn, expected one JSON object"]);
    expect(verifyJournal(text.replace("switched", "switchEd"))).toHaveLength(2);
    expect(verifyJournal(text.split("\n").slice(1).join("\n"))[0]).toMatch(/^line 1: expected the line before/);
  });
});

describe("the live lock", () => {
  it("is held by one at a time and says who holds it", async () => {
    const lock = await takeLock(docker, stack, "up");
    await expect(takeLock(docker, stack, "restore")).rejects.toThrow(
      new RegExp(`got: up by .* \\(pid ${process.pid} on`),
    );
    await lock.release();
    const again = await takeLock(docker, stack, "restore");
    expect(again.cleared).toBeUndefined();
    await again.release();
  });

  it("is taken over from a process that is dead on this host, and tells whose it was", async () => {
    const lock = await takeLock(docker, stack, "up");
    await exec(docker, container, ["sed", "-i", `s/"pid":${process.pid}/"pid":4194999/`, "/records/lock/owner"]);
    const taken = await takeLock(docker, stack, "up");
    expect(taken.cleared?.token).toBe(lock.owner.token);
    await lock.release();
    await expect(takeLock(docker, stack, "up")).rejects.toThrow("expected no other operation");
    await taken.release();
  });

  it("is free when its lease has passed", async () => {
    const lock = await takeLock(docker, stack, "up");
    await exec(docker, container, ["sh", "-c", "echo 1 > /records/lock/until"]);
    await (await takeLock(docker, stack, "up")).release();
    await lock.release();
  });

  it("is given back when the work fails", async () => {
    await expect(withLock(docker, stack, "route", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(await withLock(docker, stack, "route", async () => 1)).toBe(1);
  });
});
