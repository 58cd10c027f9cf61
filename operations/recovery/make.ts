import type Docker from "dockerode";
import { connectDatabase } from "../database/connect.ts";
import type { Catalogue } from "../generations/format.ts";
import { execOk } from "../live/docker.ts";
import type { OperationRun } from "../live/program.ts";
import { bringTail } from "./archive-tail.ts";
import { bringFiles } from "./bring-files.ts";
import { describeStop } from "./explain.ts";
import { gateFacts } from "./facts.ts";
import type { RestoreGoal } from "./goal.ts";
import { replay } from "./replay.ts";
import type { RestoreReport } from "./report.ts";
import { analyze } from "./verify/analyze.ts";
import { runAudit } from "./verify/audit.ts";
import { assertPassed, type Check } from "./verify/check.ts";
import { runGate } from "./verify/gate.ts";
import type { GateFacts } from "./verify/judge.ts";
import { auditedEntry, recordAudit } from "./verify/record.ts";
import { copyData } from "./ways.ts";

/** PostgreSQL may still write the checkpoint that ends its recovery. */
const promoteMilliseconds = 600_000;

/**
 * Makes the data of a generation and verifies it: tail, copy, replay, files, gate, audit where it is asked for. Each step finds what
 * it did before, so that it may be killed anywhere and run again.
 * @returns what it is; archiving has begun, and nobody is let in from outside
 */
export async function make(run: OperationRun<RestoreGoal>, catalogue: Catalogue): Promise<RestoreReport> {
  const { docker, goal, log } = run;
  const { container, database, generation } = goal;
  const begun = performance.now();
  await ensureRunning(docker, container);
  const tail = await bringTail(docker, goal, log);
  const copied = await copyData({ docker, goal, catalogue, log });
  log(`copied ${megabytes(copied.bytes)} by ${copied.way} in ${copied.seconds.toFixed(1)} s`);
  const replaySeconds = await replay(docker, goal, log);
  const files = await bringFiles(docker, goal, log);
  const facts = await gateFacts(docker, goal, catalogue);
  const { checks, found } = await runGate({ docker, goal, facts, waitMilliseconds: promoteMilliseconds });
  const lastCommitAt = (await lastReplayed(docker, goal)) ?? found.lastCommit;
  const stopLsn = goal.material.kind === "base" ? (found.end?.lsn ?? null) : null;
  const walBytes = copied.startLsn && stopLsn ? Number(position(stopLsn) - position(copied.startLsn)) : 0;
  log(
    `${describeStop(goal)} reached${stopLsn ? ` at ${stopLsn}, ${megabytes(walBytes)} of WAL` : ""} in ${replaySeconds.toFixed(1)} s; last commit ${lastCommitAt ?? "none"}`,
  );
  const audited = goal.verify === "audit" || goal.drill ? await audit(run, facts) : [];
  await analyze(docker, container, database);
  await execOk(docker, container, ["switchback-restore", "finish"]);
  return {
    generation,
    state: goal.drill ? "drill" : "ready",
    seconds: (performance.now() - begun) / 1000,
    copySeconds: copied.seconds,
    replaySeconds,
    bytes: copied.bytes,
    walBytes,
    way: copied.way,
    base: copied.base,
    tail,
    stopLsn,
    lastCommitAt,
    timeline: found.timeline,
    systemIdentifier: found.systemIdentifier,
    checks: [...checks, ...files, ...audited],
  };
}

/** Somebody may have stopped it since it was made. */
async function ensureRunning(docker: Docker, container: string): Promise<void> {
  try {
    await docker.getContainer(container).start();
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 304) return;
    if (statusCode !== 404) throw error;
    throw new Error(`expected the container ${container}, got none; run \`up\`, which makes it`);
  }
}

async function audit(
  { docker, goal, actor, reason, journal, log }: OperationRun<RestoreGoal>,
  { point }: GateFacts,
): Promise<readonly Check[]> {
  const { container, database, generation, stack } = goal;
  const report = await runAudit({ docker, container, database, point, untouched: true, log });
  const at = new Date().toISOString();
  const record = { ...report, generation, at, point: point?.name ?? null, actor, reason };
  await recordAudit(docker, stack, record);
  await journal(auditedEntry(record));
  assertPassed(container, report.checks);
  return report.checks;
}

/** When the last transaction was that was replayed, RFC 3339; null: there was none, or the server has started again since. */
async function lastReplayed(docker: Docker, { container, database }: RestoreGoal): Promise<string | null> {
  const client = await connectDatabase(docker, { container, database, user: "postgres" });
  try {
    const { rows } = await client.query(
      `select to_char(pg_last_xact_replay_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
    );
    return rows[0].at;
  } finally {
    await client.end();
  }
}

/** An LSN as a number of bytes. */
function position(lsn: string): bigint {
  const [high = "0", low = "0"] = lsn.split("/");
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
