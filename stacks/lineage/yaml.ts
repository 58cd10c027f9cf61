import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describeIssues } from "../issues.ts";
import type { Lineage } from "../lineage.ts";
import { lineageFile } from "./tool.ts";

/** Reads `lineage.yaml`, which lists the revisions of another tool. */
export function readToolLineage(folder: string, errors: string[]): Lineage {
  const path = join(folder, "lineage.yaml");
  let raw: unknown;
  try {
    raw = parse(readFileSync(path, "utf8"));
  } catch (error) {
    errors.push(`${path}: expected YAML, got: ${(error as Error).message}`);
    return { migrations: [] };
  }
  const result = lineageFile.safeParse(raw);
  if (!result.success) {
    errors.push(...describeIssues(result.error.issues, raw, `${path}: `));
    return { migrations: [] };
  }
  const { command, migrations } = result.data;
  const ids = migrations.map(({ id }) => id);
  for (const id of new Set(ids.filter((each, index) => ids.indexOf(each) !== index)))
    errors.push(`${path}: expected each revision once, got ${id} twice`);
  for (const { id, down, loses } of migrations) {
    if (down === "lossy" && loses.length === 0)
      errors.push(`${path}: ${id}: expected \`loses\` to name what the lossy down drops, got none`);
    if (down !== "lossy" && loses.length > 0)
      errors.push(`${path}: ${id}: expected \`loses\` only where the down is lossy, got ${down}`);
  }
  return {
    command,
    migrations: migrations.map(({ id, kind, down, loses, verify }) => ({
      id,
      name: id,
      kind,
      down,
      loses,
      hash: createHash("sha256").update(id).digest("hex"),
      up: "",
      downSql: null,
      verify: verify ?? null,
    })),
  };
}
