import type Docker from "dockerode";
import { exec } from "../../live/docker.ts";
import type { JournalEntry } from "../../live/journal.ts";
import { inRecords, recordsName, writeRecord } from "../../live/records.ts";
import type { AuditReport } from "./audit.ts";

/** An audit as it stays in the catalogue, one of each generation: the last. */
export interface AuditRecord extends AuditReport {
  readonly generation: string;
  /** RFC 3339: when it ended. */
  readonly at: string;
  /** Backup point with which the rows were compared; null: none. */
  readonly point: string | null;
  readonly actor: string;
  readonly reason: string;
}

/** More of them say no more about where the damage is. */
const keptFindings = 200;

/** Records an audit in place of the one before. */
export async function recordAudit(docker: Docker, stack: string, record: AuditRecord): Promise<void> {
  await inRecords(docker, stack, "mkdir -p audits", []);
  const kept = { ...record, findings: record.findings.slice(0, keptFindings) };
  await writeRecord(docker, stack, `audits/${record.generation}.json`, `${JSON.stringify(kept)}\n`);
}

/** Line of the journal on an audit: what failed, and what it took. */
export function auditedEntry(record: AuditRecord): JournalEntry {
  const { generation, point, checks, findings, bytes, seconds, actor, reason } = record;
  const tables = [...new Set(findings.map(({ table }) => table))].sort();
  return { event: "audited", operation: "audit", generation, point, checks, tables, bytes, seconds, actor, reason };
}

/** The last audit of each generation, oldest first. One that a crash tore is left out. */
export async function readAudits(docker: Docker, stack: string): Promise<AuditRecord[]> {
  const { stdout } = await exec(docker, recordsName(stack), ["sh", "-c", "cat /records/audits/*.json 2>/dev/null"]);
  return stdout
    .split("\n")
    .flatMap((line) => parsed(line) ?? [])
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** Whether something is wrong: what is unknown is neither. */
export const passed = ({ checks }: Pick<AuditRecord, "checks">): boolean =>
  checks.every(({ answer }) => answer !== "no");

/** One line on an audit. */
export function describeAudit({ generation, at, checks }: Pick<AuditRecord, "generation" | "at" | "checks">): string {
  const told = (answer: string) => checks.filter((check) => check.answer === answer);
  const wrong = told("no").map(({ name, detail }) => `${name}: ${detail}`);
  const open = told("unknown").map(({ name }) => name);
  const rest = open.length > 0 ? `; unknown: ${open.join(", ")}` : "";
  return `${generation} at ${at}: ${wrong.length > 0 ? wrong.join("; ") : "nothing wrong"}${rest}`;
}

function parsed(line: string): AuditRecord | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
