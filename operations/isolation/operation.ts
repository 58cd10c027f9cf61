import type { OperationRun } from "../live/program.ts";
import { collect } from "./collect.ts";
import { cut, ensureIsolationNetwork, hold, isCut, putBack, removeIsolationNetwork } from "./cut.ts";
import { hashIsolationGoal, type IsolationGoal } from "./goal.ts";
import { isMoved, listMembers, type Member } from "./members.ts";
import { evidenceName, isolationNetwork } from "./names.ts";
import { type IsolationRecord, readIsolation, writeIsolation } from "./record.ts";

export type IsolationRun = OperationRun<IsolationGoal>;

export interface IsolationResult {
  readonly state: IsolationGoal["state"];
  /** Containers that it concerned. */
  readonly containers: number;
  /** Volume in which the evidence is. */
  readonly evidence: string;
}

/**
 * Brings the stack's isolation to its goal, from whatever state it is in.
 * @throws when it cannot; what was cut stays cut
 */
export async function runIsolation(run: IsolationRun): Promise<IsolationResult> {
  const { docker, goal, epoch } = run;
  const found = await readIsolation(docker, goal.stack);
  const record = goal.state === "isolated" ? begin(run, found) : expectOne(goal.stack, found);
  const hash = hashIsolationGoal(goal);
  const pending = { epoch, goal: hash, since: new Date().toISOString() };
  const pended = { ...record, marker: { ...record.marker, pending } };
  await writeIsolation(docker, goal.stack, pended);
  const reached = await steps[goal.state](run, pended);
  await writeIsolation(docker, goal.stack, { ...reached, marker: { goal: hash, epoch, pending: null } });
  return { state: goal.state, containers: reached.containers.length, evidence: reached.evidence };
}

type Step = (run: IsolationRun, record: IsolationRecord) => Promise<IsolationRecord>;

const steps: Readonly<Record<IsolationGoal["state"], Step>> = { isolated: isolate, ended: end, cleared: clear };

/** The isolation that stands, or a new one. */
function begin({ docker: _, goal, actor, reason }: IsolationRun, found: IsolationRecord | undefined): IsolationRecord {
  if (found && !found.ended) return found;
  const now = new Date();
  return {
    version: 1,
    since: now.toISOString(),
    actor,
    reason,
    evidence: evidenceName(goal.stack, now),
    containers: [],
    collected: false,
    ended: null,
    fresh: found?.fresh ?? "none",
    marker: { goal: "", epoch: "", pending: null },
  };
}

function expectOne(stack: string, found: IsolationRecord | undefined): IsolationRecord {
  if (found) return found;
  throw new Error(`expected isolation.json in ${stack}-records, got none; see docs/runbooks/breach.md`);
}

/** Containment first: what is found out about the containers can wait, what they may do cannot. */
async function isolate(run: IsolationRun, record: IsolationRecord): Promise<IsolationRecord> {
  const { docker, goal, log } = run;
  const { stack } = goal;
  const members = await listMembers(docker, stack);
  const known = { ...record, containers: withNew(record, stack, members) };
  await writeIsolation(docker, stack, known);
  const open = members.filter((member) => isMoved(member) && !isCut(stack, member));
  const began = performance.now();
  await cut(docker, stack, members);
  if (open.length > 0) log(`cut ${open.length} containers from every network in ${seconds(began)} s; they run on`);
  await ensureIsolationNetwork(docker, stack);
  await hold(docker, stack, members);
  if (open.length > 0)
    await run.journal({ ...entry(run, known), event: "isolated", cut: open.map(({ name }) => name) });
  if (!known.collected) await collect(run, known);
  await expectIsolated(run);
  return { ...known, collected: true };
}

/** One that was cut already is recorded as it was before; one that is new is recorded as it is. */
function withNew({ containers }: IsolationRecord, stack: string, members: readonly Member[]) {
  const fresh = members.filter(({ id }) => !containers.some((known) => known.id === id));
  return [
    ...containers,
    ...fresh.map(({ name, id, role, networks, restart, paused, ports }) => ({
      ...{ name, id, role, restart, paused, ports },
      networks: networks.filter((network) => network.name !== isolationNetwork(stack)),
    })),
  ];
}

async function expectIsolated({ docker, goal: { stack } }: IsolationRun): Promise<void> {
  const loose = (await listMembers(docker, stack)).filter((member) => isMoved(member) && !isCut(stack, member));
  if (loose.length === 0) return;
  const names = loose.map(({ name, networks }) => `${name} in ${networks.map((network) => network.name).join(", ")}`);
  throw new Error(`expected every container to be cut from every network, got ${names.join("; ")}; run \`up\` again`);
}

/** It was a false alarm: everything is as it was before. */
async function end(run: IsolationRun, record: IsolationRecord): Promise<IsolationRecord> {
  const { docker, goal, log, actor } = run;
  if (record.ended) return record;
  const members = await listMembers(docker, goal.stack);
  for (const was of record.containers.filter(isMoved)) {
    const is = members.find(({ id }) => id === was.id);
    if (is) await putBack(docker, goal.stack, was, is);
    else log(`${was.name} is not there any more`);
  }
  await removeIsolationNetwork(docker, goal.stack);
  log(`${record.containers.length} containers are in their networks again; the evidence stays in ${record.evidence}`);
  await run.journal({ ...entry(run, record), event: "isolation-ended" });
  return { ...record, ended: { at: new Date().toISOString(), actor, clearance: null } };
}

/** Every container was made anew before; the isolated ones stand aside. */
async function clear(run: IsolationRun, record: IsolationRecord): Promise<IsolationRecord> {
  const { docker, goal, log, actor } = run;
  if (goal.state !== "cleared" || record.ended) return record;
  const { clearance } = goal;
  const members = await listMembers(docker, goal.stack);
  const old = members.filter(isMoved).filter(({ id }) => record.containers.some((isolated) => isolated.id === id));
  if (old.length > 0)
    throw new Error(
      `expected ${old.map(({ name }) => name).join(", ")} to be made anew, got the isolated ones; run \`up\` with router.isolate true once more, then this again`,
    );
  log(`cleared by ${clearance.by}: what was isolated stands aside as ${record.evidence}-…`);
  await run.journal({ ...entry(run, record), event: "isolation-cleared", clearance });
  return { ...record, fresh: clearance.at, ended: { at: new Date().toISOString(), actor, clearance } };
}

const entry = ({ epoch, reason, actor }: IsolationRun, { evidence }: IsolationRecord) => ({
  operation: "isolation",
  evidence,
  ...{ epoch, reason, actor },
});

const seconds = (since: number) => ((performance.now() - since) / 1000).toFixed(1);
