import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { removeLocks, takeLock } from "../../engine/lock.ts";

let folder: string;
let said: string[];
const say = (line: string) => said.push(line);
const files = () => readdirSync(folder);

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "switchback-lock-")), "dev");
  mkdirSync(folder);
  said = [];
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

function put(info: object): void {
  const timestamp = new Date().toISOString();
  writeFileSync(
    join(folder, "other.json"),
    JSON.stringify({ pid: process.pid, username: "ann", hostname: hostname(), timestamp, ...info }),
  );
}

describe("the lock of a stack", () => {
  it("is there while it is held and gone afterwards", () => {
    const release = takeLock(folder, say);
    expect(files()).toHaveLength(1);
    expect(() => takeLock(folder, say)).toThrow(/locked by process \d+ .* switchback cancel --stack dev/);
    release();
    expect(files()).toEqual([]);
  });

  it("of a dead process of this host is cleared with a line, of another host never", () => {
    put({ pid: 4194301, timestamp: "2026-01-01T00:00:00Z" });
    takeLock(folder, say)();
    expect(said).toEqual([
      expect.stringMatching(/^cleared a stale lock: process 4194301 of ann, which took it \d+ h ago, is gone$/),
    ]);
    put({ pid: 4194301, hostname: "elsewhere" });
    expect(() => takeLock(folder, say)).toThrow("ann@elsewhere");
  });

  it("is stale when its process id belongs to a younger process now", async () => {
    const child = spawn("sleep", ["30"]);
    put({ pid: child.pid, timestamp: new Date(Date.now() - 60_000).toISOString() });
    takeLock(folder, say)();
    expect(said).toHaveLength(1);
    put({ pid: child.pid, timestamp: new Date(Date.now() + 1000).toISOString() });
    expect(() => takeLock(folder, say)).toThrow("is locked by process");
    child.kill();
  });

  it("that cannot be read counts as held, and cancel removes it", () => {
    writeFileSync(join(folder, "torn.json"), "{");
    expect(() => takeLock(folder, say)).toThrow("unknown@unknown");
    expect(removeLocks(folder)).toBe(1);
    takeLock(folder, say)();
  });
});
