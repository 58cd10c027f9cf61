import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { getActions } from "node-pg-migrate/sqlMigration";
import { compareMigrationFileNames } from "node-pg-migrate/utils/comparators";
import { type Lineage, type Migration, withoutZeros } from "../lineage.ts";
import { lint, type Marks } from "./lint.ts";
import { renderScripts } from "./scripts.ts";
import { readToolLineage } from "./yaml.ts";

/** Reads a folder of migrations; see `readLineage`. */
export function readFolder(folder: string, errors: string[]): Lineage {
  if (!existsSync(folder)) return { migrations: [] };
  if (existsSync(join(folder, "lineage.yaml"))) return readToolLineage(folder, errors);
  const all = readdirSync(folder).filter((file) => sources.test(file) && !file.endsWith(".d.ts"));
  const misnamed = all.filter((file) => !named.test(file));
  for (const file of misnamed) errors.push(`${join(folder, file)}: expected a name like 0001_orders.sql, got ${file}`);
  const files = all.filter((file) => named.test(file) && !file.endsWith(verifySuffix));
  files.sort((a, b) => compareMigrationFileNames(a, b));
  checkIds(folder, files, errors);
  for (const file of all.filter((each) => each.endsWith(verifySuffix) && !files.some((other) => verifies(each, other))))
    errors.push(`${join(folder, file)}: expected the migration that it verifies beside it, got none`);
  return { migrations: readFiles(folder, files, errors) };
}

const sources = /\.(sql|[cm]?[jt]s)$/;
const named = /^(\d+)_[\w-]+(\.verify)?\.\w+$/;
const verifySuffix = ".verify.sql";
const nameOf = (file: string) => file.replace(/\.\w+$/, "");
const idOf = (file: string) => withoutZeros(file.split("_")[0]!);
const verifies = (verify: string, file: string) => verify === `${nameOf(file)}${verifySuffix}`;

/** Ids are unique, and without gaps where they count 1, 2, 3 (ids longer than 4 digits are times). */
function checkIds(folder: string, files: readonly string[], errors: string[]): void {
  for (const [index, file] of files.entries()) {
    const before = files[index - 1];
    if (before === undefined) continue;
    const [id, last] = [idOf(file), idOf(before)];
    if (id === last) errors.push(`${join(folder, file)}: expected an id of its own, got ${id}, which ${before} has`);
    else if (id.length <= 4 && Number(id) !== Number(last) + 1)
      errors.push(
        `${join(folder, file)}: expected the migration ${Number(last) + 1} to follow ${before}, got ${id}; add what is missing between them`,
      );
  }
}

function readFiles(folder: string, files: readonly string[], errors: string[]): Migration[] {
  const scripts = files.filter((file) => !file.endsWith(".sql")).map((file) => join(folder, file));
  const rendered = renderScripts(scripts, errors);
  return files.flatMap((file) => {
    const path = join(folder, file);
    const text = readFileSync(path, "utf8");
    const problems: string[] = [];
    const marks = readMarks(text, problems);
    const sql = file.endsWith(".sql") ? splitSql(text) : rendered[path];
    if (marks && sql) problems.push(...lint(marks, sql.up, sql.down));
    errors.push(...problems.map((problem) => `${path}: ${problem}`));
    if (!marks || !sql) return [];
    const verify = join(folder, `${nameOf(file)}${verifySuffix}`);
    const { kind, down, loses } = marks;
    return {
      id: idOf(file),
      name: nameOf(file),
      kind,
      down,
      loses,
      hash: hashSql(sql.up, sql.down),
      up: sql.up,
      downSql: sql.down,
      verify: existsSync(verify) ? readFileSync(verify, "utf8") : null,
    };
  });
}

/** SHA-256 of what a migration runs. Marks and verify scripts may be corrected after it ran, its SQL may not. */
const hashSql = (up: string, down: string | null) =>
  createHash("sha256")
    .update(JSON.stringify([up.trim(), down?.trim() ?? null]))
    .digest("hex");

/** The sections of a file in node-pg-migrate's format, split by its own code. */
function splitSql(text: string): { up: string; down: string | null } {
  const { up, down } = getActions(text);
  const render = (action: typeof up): string | null => {
    if (!action) return null;
    let sql = "";
    const builder = { sql: (part: string) => (sql += part) };
    (action as (pgm: unknown) => void)(builder);
    return sql;
  };
  return { up: render(up) ?? "", down: render(down) };
}

/** The marks in the comment lines that begin a file. */
export function readMarks(text: string, errors: string[]): Marks | undefined {
  const head = /^(?:\s*(?:--|\/\/)[^\n]*(?:\n|$)|\s*\n)*/.exec(text)?.[0] ?? "";
  const line = (key: string) => new RegExp(`^\\s*(?:--|//)\\s*${key}:\\s*(.*?)\\s*$`, "im").exec(head)?.[1];
  const marks = /^(expand|contract)\s*,\s*(reversible|lossy|irreversible)$/.exec(line("switchback") ?? "");
  if (!marks) {
    errors.push(
      `expected a first line like \`-- switchback: expand, reversible\` (expand|contract, reversible|lossy|irreversible), got ${line("switchback") ?? "none"}`,
    );
    return undefined;
  }
  const loses = (line("loses") ?? "").split(",").map((name) => name.trim());
  const wrong = loses.filter((name) => name && !/^[a-z_]\w*(\.[a-z_]\w*){0,2}(\.\*)?$/i.test(name));
  if (wrong.length > 0)
    errors.push(
      `loses: expected table, table.column, schema.table.* or schema.table.column, separated by commas, got ${wrong.join(", ")}`,
    );
  return {
    kind: marks[1] as Marks["kind"],
    down: marks[2] as Marks["down"],
    loses: loses.filter(Boolean),
    lossless: line("lossless") || undefined,
    compatible: line("compatible") || undefined,
  };
}
