import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { chain } from "./chain.ts";
import { deploy, rollback } from "./runs.ts";

const program = fileURLToPath(new URL("../../../operations/journal.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "switchback-offline-"));
const env = { ...process.env, DOCKER_HOST: "tcp://127.0.0.1:9" };
const journal = (...args: string[]) =>
  execFileSync(process.execPath, [program, "production", ...args], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });

beforeAll(() => {
  mkdirSync(join(folder, ".switchback"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: switchback\nruntime: nodejs\n");
  const settings =
    "config:\n  switchback:objectives: { levels: { '1': 2 } }\n  switchback:notifications: { contacts: [{ name: Kim, reach: '+49 1' }] }\n";
  writeFileSync(join(folder, "Pulumi.production.yaml"), settings);
  writeFileSync(join(folder, ".switchback/production.journal.jsonl"), chain([...deploy(0), ...rollback(600)]));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("the history is read from its mirror when Docker does not answer, against the config's objectives", () => {
  const { changes, figures } = JSON.parse(journal("history", "--json"));
  expect(changes.map(({ kind }: { kind: string }) => kind)).toEqual(["deploy", "rollback"]);
  expect(figures.levels["1"]).toMatchObject({ n: 2, targetMs: 2000, within: 0 });
  expect(journal("export")).toMatch(/STATUS=done REASON="green answers 500"\n$/);
  expect(journal("incident")).toContain("Contacts: Kim +49 1");
});

it("what is asked for wrongly is refused by name", () => {
  const asked = (...args: string[]) =>
    spawnSync(process.execPath, [program, "production", ...args], { cwd: folder, env, encoding: "utf8" });
  expect(asked("history", "--since=soon")).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("--since: expected a time"),
  });
  expect(asked("export", "--format=xml").stderr).toContain("--format: expected text or cloudevents, got xml");
  expect(asked("incident", "99").stderr).toContain(
    "expected the id, the first line's number or the start of a change, got 99",
  );
});
