import type Docker from "dockerode";
import { inRecords, readRecord, writeRecord } from "../live/records.ts";
import type { BackupPoint, DumpPoint } from "./point.ts";

/** What the last safety backup left in the catalogue. */
export interface BackupMarker {
  /** Hash of the goal that was reached; empty: none was yet. */
  readonly goal: string;
  readonly epoch: string;
  readonly pending: { readonly epoch: string; readonly goal: string; readonly since: string } | null;
}

const markerFile = "markers/safety-backup.json";

export async function readBackupMarker(docker: Docker, stack: string): Promise<BackupMarker | null> {
  const text = await readRecord(docker, stack, markerFile);
  return text === undefined ? null : (JSON.parse(text) as BackupMarker);
}

/** Writes `pending` before the first effect. */
export async function pendBackup(docker: Docker, stack: string, epoch: string, goal: string): Promise<void> {
  await inRecords(docker, stack, "mkdir -p markers points", []);
  const old = await readBackupMarker(docker, stack).catch(() => null);
  const pending = { epoch, goal, since: new Date().toISOString() };
  await writeMarker(docker, stack, { goal: old?.goal ?? "", epoch: old?.epoch ?? "", pending });
}

/** Records the point, then goal, epoch and the end of `pending` in one write. @throws when another operation has begun since */
export async function commitBackup(
  docker: Docker,
  stack: string,
  epoch: string,
  goal: string,
  point: BackupPoint,
): Promise<void> {
  const marker = await readBackupMarker(docker, stack);
  if (marker?.pending?.epoch !== epoch) {
    throw new Error(
      `expected epoch ${epoch} to be pending for the safety backup, got ${marker?.pending?.epoch ?? "none"}; another operation has begun since`,
    );
  }
  await writeRecord(docker, stack, `points/${point.name}.json`, `${JSON.stringify(point)}\n`);
  await writeMarker(docker, stack, { goal, epoch, pending: null });
}

/** Records a logical dump. */
export async function recordDump(docker: Docker, stack: string, point: DumpPoint): Promise<void> {
  await inRecords(docker, stack, "mkdir -p points", []);
  await writeRecord(docker, stack, `points/${point.name}.json`, `${JSON.stringify(point)}\n`);
}

/** Every moment to which level 3 can go back, oldest first. One that a crash tore is left out. */
export const readPoints = async (docker: Docker, stack: string): Promise<BackupPoint[]> =>
  (await readAll(docker, stack)).filter((point) => point.kind === "safety");

/** Every logical dump, oldest first. */
export const readDumps = async (docker: Docker, stack: string): Promise<DumpPoint[]> =>
  (await readAll(docker, stack)).filter((point) => point.kind === "dump");

async function readAll(docker: Docker, stack: string): Promise<(BackupPoint | DumpPoint)[]> {
  const { stdout } = await inRecords(docker, stack, "cat points/*.json 2>/dev/null || true", []);
  return stdout
    .split("\n")
    .flatMap((line) => parsed(line) ?? [])
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

function parsed(line: string): BackupPoint | DumpPoint | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const writeMarker = (docker: Docker, stack: string, marker: BackupMarker) =>
  writeRecord(docker, stack, markerFile, `${JSON.stringify(marker)}\n`);
