import type Docker from "dockerode";
import type pg from "pg";
import type { RestoreGoal } from "../goal.ts";
import { amcheckCatalogs } from "./amcheck.ts";
import { assertPassed, type Check } from "./check.ts";
import { type GateFacts, judgeGate } from "./judge.ts";
import { awaitPromoted } from "./promoted.ts";
import { type Found, readFound } from "./read.ts";
import { runSmoke } from "./smoke.ts";

export interface GateRun {
  readonly docker: Docker;
  /** Its container runs PostgreSQL, whose unix socket is enough. */
  readonly goal: RestoreGoal;
  readonly facts: GateFacts;
  /** Longest wait for the promotion; default 60 s. */
  readonly waitMilliseconds?: number;
}

export interface GateReport {
  readonly checks: readonly Check[];
  /** Where it stands: for the catalogue and the journal. */
  readonly found: Found;
}

/**
 * Looks at a restored generation in a time that does not grow with its data: promoted, the right timeline, target reached,
 * heartbeat, schema head, collations, catalogs, the release's smoke queries. It writes nothing, and may be run again.
 * @throws {VerificationError} that lists every failed check; an Error when the server never ends its recovery
 */
export async function runGate({ docker, goal, facts, waitMilliseconds }: GateRun): Promise<GateReport> {
  const { container, database } = goal;
  const client = await awaitPromoted(docker, { container, database, user: "postgres" }, waitMilliseconds);
  try {
    const [own, catalogs] = await Promise.all([
      look(client, goal, facts),
      amcheckCatalogs(docker, container, database),
    ]);
    const checks = [...own.checks, catalogs];
    assertPassed(container, checks);
    return { checks, found: own.found };
  } finally {
    await client.end();
  }
}

async function look(client: pg.Client, goal: RestoreGoal, facts: GateFacts): Promise<GateReport> {
  const found = await readFound(client);
  return { found, checks: [...judgeGate(goal, facts, found), ...(await runSmoke(client, goal.smoke))] };
}
