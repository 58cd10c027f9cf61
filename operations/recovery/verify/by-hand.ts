import type Docker from "dockerode";
import { readPoints } from "../../backup/catalogue.ts";
import { readCatalogue } from "../../generations/catalogue.ts";
import { type Catalogue, firstCatalogue, servingGeneration } from "../../generations/format.ts";
import { whileRunning } from "../../generations/running.ts";
import type { JournalEntry } from "../../live/journal.ts";
import type { RestoreGoal } from "../goal.ts";
import { runAudit } from "./audit.ts";
import { type AuditRecord, auditedEntry, recordAudit } from "./record.ts";

export interface AuditByHand {
  readonly docker: Docker;
  readonly stack: string;
  /** Name of the database. */
  readonly database: string;
  /** undefined: the one that serves. */
  readonly generation: string | undefined;
  readonly reason: string;
  readonly actor: string;
  readonly journal: (entry: JournalEntry) => Promise<unknown>;
  readonly log: (line: string) => void;
}

/** Audits a generation, started for it when it stands still, and records what was found. @throws when there is no such one */
export async function auditGeneration(audit: AuditByHand): Promise<AuditRecord> {
  const { docker, stack, database, reason, actor, log } = audit;
  const catalogue = (await readCatalogue(docker, stack)) ?? firstCatalogue(new Date().toISOString());
  const generation = audit.generation ?? servingGeneration(catalogue);
  const { point: name, untouched } = originOf(catalogue, generation);
  const point = name === null ? null : ((await readPoints(docker, stack)).find((one) => one.name === name) ?? null);
  const container = `${stack}-database-${generation}`;
  const report = await whileRunning(docker, { container, database }, () =>
    runAudit({ docker, container, database, point, untouched, log }),
  );
  const at = new Date().toISOString();
  const record = { ...report, generation, at, point: point?.name ?? null, actor, reason };
  await recordAudit(docker, stack, record);
  await audit.journal(auditedEntry(record));
  return record;
}

/**
 * What a generation was restored to, and whether nobody has written to it since. Pure.
 * @throws when the catalogue has no such generation
 */
export function originOf(catalogue: Catalogue, name: string): { point: string | null; untouched: boolean } {
  const generation = catalogue.generations.find((one) => one.name === name);
  if (!generation) {
    const known = catalogue.generations.map((one) => one.name).join(", ");
    throw new Error(`expected a generation of this stack (${known}), got ${name}`);
  }
  const request = catalogue.requests.find(({ hash }) => hash === generation.request);
  const served = catalogue.promotions.some((promotion) => promotion.generation === name);
  if (!request) return { point: null, untouched: false };
  return { point: (JSON.parse(request.goal) as RestoreGoal).expected.point, untouched: !served };
}
