import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { resolveSecrets } from "../../stacks/secrets.ts";

const folder = mkdtempSync(join(tmpdir(), "secrets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "tls-key");

it("are the config's own texts, or the pinned versions of files without the line break at their end", () => {
  writeFileSync(`${file}.1`, "old\n");
  writeFileSync(`${file}.2`, "new\n");
  const errors: string[] = [];
  const secrets = { plain: "a\n", former: { file, version: 1 }, current: { file, version: 2 } };
  expect(resolveSecrets(secrets, errors)).toEqual({ plain: "a\n", former: "old", current: "new" });
  expect(errors).toEqual([]);
});

it("are refused, all at once, when a version is gone", () => {
  const errors: string[] = [];
  resolveSecrets({ a: { file, version: 7 }, b: { file: `${folder}/none`, version: 1 } }, errors);
  expect(errors).toEqual([
    `secrets.a: expected the secret's version 7 in the file ${file}.7, got no such file; put it there, or pin a version that is`,
    `secrets.b: expected the secret's version 1 in the file ${folder}/none.1, got no such file; put it there, or pin a version that is`,
  ]);
});

it("can come from a provider of another kind", () => {
  const provide = ({ file: name, version }: { file: string; version: number }) => `${name}@${version}`;
  expect(resolveSecrets({ a: { file: "vault/x", version: 3 } }, [], provide)).toEqual({ a: "vault/x@3" });
});
