import type Docker from "dockerode";
import type pg from "pg";
import { type ExecResult, exec } from "../../live/docker.ts";
import { type Check, no, yes } from "./check.ts";
import { type Finding, tablesOf } from "./relations.ts";

const name = "structure (amcheck)";

/**
 * Reads every table and every B-tree of the database: rows and their places, and that each row is in each index. It takes no
 * lock that a writer would wait for.
 */
export async function checkStructure(
  docker: Docker,
  client: pg.Client,
  container: string,
  database: string,
): Promise<{ check: Check; findings: readonly Finding[] }> {
  const result = await exec(docker, container, [
    ...["pg_amcheck", "--host", "/run/postgresql", "--username", "postgres"],
    ...["--heapallindexed", "--jobs", "2", database],
  ]);
  const found = parseAmcheck(database, result.stdout);
  const tables = await tablesOf(
    client,
    found.map(({ table }) => table),
  );
  const findings = found.map(({ table, detail }) => ({ table: tables.get(table) ?? table, detail }));
  return { check: judge(result, findings), findings };
}

function judge({ exitCode, stderr }: ExecResult, findings: readonly Finding[]): Check {
  if (exitCode === 0) return yes(name, "nothing found");
  const tables = [...new Set(findings.map(({ table }) => table))].sort();
  if (tables.length > 0) return no(name, "nothing", `something in ${tables.join(", ")}`);
  return no(name, "a run to its end", `exit ${exitCode}: ${stderr.trim().replace(/\s+/g, " ").slice(0, 400)}`);
}

/** What pg_amcheck prints: a line that names a relation, then indented ones that say what is wrong with it. Pure. */
export function parseAmcheck(database: string, text: string): Finding[] {
  const findings: { table: string; lines: string[] }[] = [];
  for (const line of text.split("\n")) {
    const [, kind, relation, place] = /^(heap table|btree index) "(.+)"(.*):$/.exec(line) ?? [];
    if (relation?.startsWith(`${database}.`)) {
      findings.push({ table: relation.slice(database.length + 1), lines: [`${kind} ${relation}${place}:`] });
    } else if (line.startsWith(" ")) findings.at(-1)?.lines.push(line.trim());
  }
  return findings.map(({ table, lines }) => ({ table, detail: lines.join(" ").slice(0, 400) }));
}
