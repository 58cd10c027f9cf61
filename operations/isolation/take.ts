import type Docker from "dockerode";
import type { JournalEntry } from "../live/journal.ts";
import { ensureKeeper } from "../live/keeper.ts";
import { seal } from "./collect.ts";
import { pause } from "./cut.ts";
import { type Evidence, recordEvidence } from "./evidence.ts";
import { evidenceName } from "./names.ts";
import { copyVolumes } from "./volumes.ts";

export interface TakeRun {
  readonly docker: Docker;
  readonly stack: string;
  readonly volume: string;
  readonly actor: string;
  readonly reason: string;
  readonly journal: (entry: JournalEntry) => Promise<unknown>;
  readonly log: (line: string) => void;
}

/**
 * Copies a volume as it is at one moment, as evidence: whoever has it stands still meanwhile, paused, as after a power cut.
 * The caller holds the live lock.
 * @throws when there is no such volume of the stack, or no room
 */
export async function takeEvidence(run: TakeRun): Promise<Evidence> {
  const { docker, stack, volume, actor, reason, log } = run;
  await expectOwn(docker, stack, volume);
  const now = new Date();
  const name = evidenceName(stack, now);
  await ensureKeeper(docker, { name, stack, path: "/data" });
  const copy = () => copyVolumes(docker, stack, name, [volume]);
  const { copied, left } = await whilePaused(docker, volume, copy, log);
  if (copied.length === 0)
    throw new Error(
      `expected room for ${left[0]?.kib} KiB of ${volume} on the disk of the Docker host, got less; make some`,
    );
  const sealed = await seal(docker, name);
  const taken = { version: 1, name, kind: "copy", at: now.toISOString(), actor, reason } as const;
  const evidence: Evidence = { ...taken, containers: [], copied, left, ...sealed };
  await recordEvidence(docker, stack, evidence);
  await run.journal({ event: "evidence", operation: "evidence", evidence: name, volume, ...sealed, reason, actor });
  return evidence;
}

async function expectOwn(docker: Docker, stack: string, volume: string): Promise<void> {
  const found = await docker
    .getVolume(volume)
    .inspect()
    .catch((error: Error & { statusCode?: number }) => {
      if (error.statusCode !== 404) throw error;
      return undefined;
    });
  if (found?.Labels?.["switchback.stack"] === stack) return;
  const { Volumes } = await docker.listVolumes({ filters: { label: [`switchback.stack=${stack}`] } });
  const names = (Volumes ?? []).map(({ Name }) => Name).sort();
  throw new Error(`expected a volume of ${stack} (${names.join(", ")}), got ${volume}`);
}

async function whilePaused<T>(
  docker: Docker,
  volume: string,
  work: () => Promise<T>,
  log: (line: string) => void,
): Promise<T> {
  const found = await docker.listContainers({ filters: { volume: [volume], status: ["running"] } });
  const users = found.filter(({ Labels }) => Labels["switchback.role"] !== "keeper");
  const paused: Docker.ContainerInfo[] = [];
  try {
    for (const user of users) {
      await pause(docker.getContainer(user.Id));
      paused.push(user);
    }
    if (users.length > 0) log(`paused meanwhile: ${users.map(({ Names }) => Names[0]?.slice(1)).join(", ")}`);
    return await work();
  } finally {
    for (const { Id } of paused) await docker.getContainer(Id).unpause();
  }
}
