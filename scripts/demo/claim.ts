import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { connect } from "../../operations/live/docker.ts";
import { isRunning } from "../../operations/live/process.ts";
import { removeLabelled } from "../leftovers.ts";
import { makeProject, type Project, repository } from "../project.ts";

const stack = "staging";
const dir = path.join(repository, ".switchback", "demo");
const claimFile = path.join(dir, "claim.json");

/**
 * Makes the demo's project folder and claims the stack `staging` of this Docker engine. What an earlier demo of this
 * folder left, killed or kept, is removed first.
 * @throws when another demo runs, or when the stack is there and no demo made it
 */
export async function claimStaging(say: (line: string) => void): Promise<Project> {
  const docker = connect();
  const label = [`switchback.stack=${stack}`];
  const claim = readClaim();
  if (claim && isOther(claim.pid)) {
    throw new Error(`expected no other demo, got one that runs (pid ${claim.pid}); wait for its end`);
  }
  if (claim) {
    say("removing what an earlier demo left");
    await removeLabelled(docker, label);
    rmSync(dir, { recursive: true, force: true });
  }
  const containers = await docker.listContainers({ all: true, filters: { label } });
  if (containers.length > 0) {
    const names = containers.map(({ Names }) => Names[0]?.slice(1)).join(", ");
    throw new Error(
      `expected no stack ${stack} on this Docker engine, got one that this demo did not make (${names}); keep it and run the demo elsewhere, or remove it: docker rm -f $(docker ps -aq --filter label=${label[0]})`,
    );
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(claimFile, JSON.stringify({ pid: process.pid }));
  return makeProject({ stack, dir });
}

/** Leaves the stack to the user: the next demo removes it. */
export function keepStaging(): void {
  writeFileSync(claimFile, JSON.stringify({ pid: 0 }));
}

function readClaim(): { pid: number } | undefined {
  if (!existsSync(dir)) return undefined;
  try {
    return JSON.parse(readFileSync(claimFile, "utf8")) as { pid: number };
  } catch {
    return { pid: 0 };
  }
}

/** Whether the claim is held by another process that still runs. */
const isOther = (pid: number): boolean => pid !== 0 && pid !== process.pid && isRunning(pid);
