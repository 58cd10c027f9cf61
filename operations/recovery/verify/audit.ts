import type Docker from "dockerode";
import type { BackupPoint } from "../../backup/point.ts";
import { connectDatabase } from "../../database/connect.ts";
import type { Check } from "./check.ts";
import { checkPages } from "./pages.ts";
import type { Finding } from "./relations.ts";
import { checkSchema, judgeRows, readRows } from "./rows.ts";
import { checkStructure } from "./structure.ts";

export interface AuditRun {
  readonly docker: Docker;
  /** Runs the generation, which is not in recovery. */
  readonly container: string;
  readonly database: string;
  /** What it was restored to, when that was a backup point. */
  readonly point: BackupPoint | null;
  /** Nobody has written since the restore. */
  readonly untouched: boolean;
  readonly log: (line: string) => void;
}

export interface AuditReport {
  readonly checks: readonly Check[];
  /** By table, what makes checks fail. */
  readonly findings: readonly Finding[];
  /** Of the database. */
  readonly bytes: number;
  readonly seconds: { readonly structure: number; readonly pages: number; readonly rows: number };
}

/**
 * Reads everything that a generation has, which takes a time that grows with it: rows and indexes against each other,
 * checksums of pages, rows against the backup point. It changes nothing, and may run beside traffic.
 * @throws when the server does not answer; what it finds is in the report
 */
export async function runAudit(run: AuditRun): Promise<AuditReport> {
  const { docker, container, database, point, untouched, log } = run;
  const at = { container, database, user: "postgres" };
  const clients = await Promise.all([connectDatabase(docker, at), connectDatabase(docker, at)]);
  const [client, reader] = clients;
  const timed = async <T>(what: string, work: Promise<T>) => {
    const begun = performance.now();
    const result = await work;
    const seconds = (performance.now() - begun) / 1000;
    log(`${what} of ${container} read in ${seconds.toFixed(1)} s`);
    return { result, seconds };
  };
  try {
    const { rows: size } = await client.query("select pg_database_size(current_database())::float8 as bytes");
    const structure = await timed("structure", checkStructure(docker, client, container, database));
    const [pages, rows] = await Promise.all([
      timed("pages", checkPages(docker, client, container)),
      timed("rows", readRows(reader)),
    ]);
    const judged = judgeRows(rows.result, point, untouched);
    const schema = await checkSchema(docker, container, database, point, untouched);
    return {
      checks: [structure.result.check, pages.result.check, judged.check, schema],
      findings: [...structure.result.findings, ...pages.result.findings, ...judged.findings],
      bytes: size[0].bytes,
      seconds: { structure: structure.seconds, pages: pages.seconds, rows: rows.seconds },
    };
  } finally {
    await Promise.all(clients.map((one) => one.end()));
  }
}
