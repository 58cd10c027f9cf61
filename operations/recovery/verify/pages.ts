import type Docker from "dockerode";
import type pg from "pg";
import { exec } from "../../live/docker.ts";
import { type Check, no, unknown, yes } from "./check.ts";
import { type Finding, tablesInFiles } from "./relations.ts";

const name = "page checksums";

/**
 * Compares the checksum of every page of every file, of all forks and all kinds of index. pg_checksums does that only on a
 * server that is stopped, pg_dump reads no index, and what is in the buffers is not read from the disk again; so a base
 * backup is taken whose content the server throws away: PostgreSQL itself reads each file, and knows which page is being written.
 */
export async function checkPages(
  docker: Docker,
  client: pg.Client,
  container: string,
): Promise<{ check: Check; findings: readonly Finding[] }> {
  const { rows } = await client.query("select current_setting('data_checksums') as kept");
  if (rows[0].kept !== "on") return { check: unknown(name, "this data directory keeps none"), findings: [] };
  const { exitCode, stderr } = await exec(docker, container, [
    ...["pg_basebackup", "--host", "/run/postgresql", "--username", "postgres"],
    ...["--target", "blackhole", "--wal-method", "fetch", "--checkpoint", "fast", "--no-manifest"],
  ]);
  const found = parseBroken(stderr);
  const files = found.map(({ file }) => file);
  const tables = await tablesInFiles(client, [...new Set(files)]);
  const findings = found.map(({ file, detail }) => ({ table: tables.get(file) ?? file, detail }));
  if (findings.length > 0) {
    const named = [...new Set(findings.map(({ table }) => table))].sort();
    return { check: no(name, "each as stored", `another in ${named.join(", ")}`), findings };
  }
  if (exitCode === 0) return { check: yes(name, "each as stored"), findings };
  const reason = stderr.trim().replace(/\s+/g, " ").slice(0, 400);
  return { check: no(name, "every page to be read", `exit ${exitCode}: ${reason}`), findings };
}

/** The files with pages whose checksum is another, as PostgreSQL warns of them. Pure. */
export function parseBroken(stderr: string): { file: string; detail: string }[] {
  return stderr.split("\n").flatMap((line) => {
    const [, file, rest] = /checksum verification failed in file "([^"]+)", (block .*)/.exec(line) ?? [];
    return file === undefined ? [] : [{ file, detail: `${file}, ${rest}` }];
  });
}
