import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import type Docker from "dockerode";
import { no, unknown, yes } from "../../stacks/condition.ts";
import { bounded } from "../../stacks/probe-bounded.ts";
import type { Condition } from "../../stacks/verdict.ts";
import { isEvidence } from "../isolation/names.ts";
import { execOk } from "../live/docker.ts";
import { readLock } from "../live/lock.ts";
import { recordsName } from "../live/records.ts";
import type { StackStatus } from "../status/read.ts";
import type { Candidate } from "./candidates.ts";

/** Free space that a rollback wants wherever it goes, in MiB: journal, markers, WAL of the meantime. */
const leastMegabytes = 256;

/** What is looked at before a rollback, each by its name. `no` stops it unless it only informs. */
export async function prechecks(
  docker: Docker,
  stack: string,
  candidate: Candidate | undefined,
  status: StackStatus,
): Promise<Condition[]> {
  const engine = await bounded(() => docker.ping());
  if ("unknown" in engine) return [no("engine", `expected a Docker engine, got: ${engine.unknown}; start it`)];
  const [operation, disk, dependencies] = await Promise.all([
    operationCheck(docker, stack),
    diskCheck(docker, stack),
    dependenciesCheck(docker, stack),
  ]);
  return [
    yes("engine", "it answers"),
    operation,
    disk,
    ...backupChecks(status),
    ...(candidate ? [targetCheck(candidate)] : []),
    dependencies,
    permissionsCheck(stack),
    gitCheck(stack),
  ];
}

const informs = (condition: Condition): Condition => ({ ...condition, informs: true });

async function operationCheck(docker: Docker, stack: string): Promise<Condition> {
  const held = await bounded(() => readLock(docker, stack));
  if ("unknown" in held) return unknown("operation", `the lock could not be read: ${held.unknown}`);
  const lock = held.value;
  if (!lock) return yes("operation", "no other one runs");
  const age = `${Math.round((Date.now() - Date.parse(lock.since)) / 1000)} s`;
  const told = `${lock.purpose} by ${lock.actor} (pid ${lock.pid} on ${lock.host}), for ${age}`;
  if (lock.dead) return yes("operation", `a dead one left its lock, which will be cleared: ${told}`);
  return no("operation", `expected no other one, got ${told}; wait for its end`);
}

async function diskCheck(docker: Docker, stack: string): Promise<Condition> {
  const read = await bounded(() => execOk(docker, recordsName(stack), ["df", "-Pm", "/records"]));
  if ("unknown" in read) return unknown("disk", `it could not be asked: ${read.unknown}`);
  const free = Number(read.value.trim().split("\n").at(-1)?.split(/\s+/)[3]);
  if (free >= leastMegabytes) return yes("disk", `${free} MiB are free`);
  return no("disk", `expected ${leastMegabytes} MiB free, got ${free}; make room: switchback gc, docker system df`);
}

/** They inform: a dead database must not stop the way back, and a preview judges what a level needs. */
function backupChecks({ database }: StackStatus): Condition[] {
  if (database === null) return [];
  if ("unknown" in database) return [informs(unknown("backup", database.unknown))];
  const { value } = database;
  if (!value.reachable) return [informs(unknown("backup", `the database does not answer: ${value.reason}`))];
  const { base, baseAgeHours, archive } = value;
  const age = base ? `base ${base.label}, ${baseAgeHours?.toFixed(1)} h old` : "there is no base";
  const lag = `${archive.lagSeconds.toFixed(0)} s behind, ${archive.waiting} segments wait`;
  const late = archive.gap || archive.lagSeconds > 300;
  return [
    informs(base ? yes("backup", age) : no("backup", age)),
    informs(late ? no("archive", archive.gap ? `it has a gap; ${lag}` : lag) : yes("archive", lag)),
  ];
}

function targetCheck({ id, verdict, why, level }: Candidate): Condition {
  const told = `${id}: ${level === null ? "" : `level ${level}, `}${why}`;
  return { name: "target", answer: verdict, detail: told };
}

/** It informs: what is to be left may be dead. */
async function dependenciesCheck(docker: Docker, stack: string): Promise<Condition> {
  const label = [`switchback.stack=${stack}`];
  const read = await bounded(() => docker.listContainers({ all: true, filters: { label } }));
  if ("unknown" in read) return informs(unknown("dependencies", read.unknown));
  const shared = read.value.filter(
    ({ Names, Labels }) => Labels["switchback.role"] !== "service" && !isEvidence(stack, Names[0]?.slice(1) ?? ""),
  );
  // A database that stands still is a generation that does not serve.
  const ill = shared.filter(
    ({ State, Status, Labels }) =>
      Status.includes("unhealthy") || (State !== "running" && Labels["switchback.role"] !== "database"),
  );
  if (ill.length === 0) return informs(yes("dependencies", `${shared.length} shared containers run`));
  const told = ill.map(({ Names, Status }) => `${Names[0]?.slice(1)} (${Status})`).join(", ");
  return informs(no("dependencies", `expected every shared container to run, got ${told}`));
}

function permissionsCheck(stack: string): Condition {
  const files = [`Pulumi.${stack}.yaml`, ".", ".switchback"];
  const closed = files.filter((file) => !isWritable(file));
  if (closed.length === 0) return yes("permissions", "the config can be written");
  return no("permissions", `expected to be able to write ${closed.join(", ")}, got none; run as its owner`);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function gitCheck(stack: string): Condition {
  const files = [`Pulumi.${stack}.yaml`, "releases", "sets", "migrations"];
  const { status, stdout } = spawnSync("git", ["status", "--porcelain", "--", ...files], { encoding: "utf8" });
  if (status !== 0) return informs(unknown("git", "this folder is in no repository"));
  const changed = stdout.split("\n").filter(Boolean);
  if (changed.length === 0) return informs(yes("git", "the config is committed"));
  return informs(no("git", `not committed: ${changed.map((line) => line.slice(3)).join(", ")}`));
}
