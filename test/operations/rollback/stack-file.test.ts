import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Edit } from "../../../operations/rollback/edits.ts";
import { areApplied, editStackFile, openStackFile, readStackConfig } from "../../../operations/rollback/stack-file.ts";
import { repository } from "../../../scripts/project.ts";

const home = process.cwd();
const folder = mkdtempSync(join(tmpdir(), "stack-file-"));
const file = join(folder, "Pulumi.production.yaml");
beforeAll(() => {
  for (const name of ["Pulumi.yaml", "Pulumi.production.yaml"])
    copyFileSync(join(repository, name), join(folder, name));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true });
});

const edits: readonly Edit[] = [
  { key: "colors.blue.imageTag", from: "1.0.0", to: "1.10" },
  { key: "activeColor", from: "green", to: "blue" },
  { key: "router.maintenance", from: false, to: true },
  { key: 'allowDataLoss["4"]', from: undefined, to: 500 },
  { key: "recoveryId", from: undefined, to: "again" },
];

it("changes what was asked for and no other line, and takes it back to the letter", () => {
  const secret = 'database: {secure: "v1:abc:def"}';
  const before = `${readFileSync(file, "utf8")}  switchback:secrets:\n    ${secret}\n`;
  writeFileSync(file, before);
  const takeBack = editStackFile(edits, "production");
  const after = readFileSync(file, "utf8").split("\n");
  expect(before.split("\n").filter((line) => !after.includes(line))).toEqual([
    "  switchback:activeColor: green",
    '      imageTag: "1.0.0"',
  ]);
  expect(after).toContain('      imageTag: "1.10"');
  expect(areApplied(edits, openStackFile("production"))).toBe(true);
  expect(readStackConfig("production")).toMatchObject({
    activeColor: "blue",
    colors: { blue: { imageTag: "1.10" } },
    allowDataLoss: { "4": 500 },
    recoveryId: "again",
  });
  takeBack();
  expect(readFileSync(file, "utf8")).toBe(before);
});

it("leaves what somebody else wrote meanwhile, and takes its own back", () => {
  const takeBack = editStackFile(edits, "production");
  const other = openStackFile("production");
  other.set("switchback:reason", "mine", false);
  takeBack();
  expect(readStackConfig("production")).toMatchObject({ activeColor: "green", reason: "mine" });
});
