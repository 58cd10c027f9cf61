import type Docker from "dockerode";
import { readPoints } from "./backup/catalogue.ts";
import type { BackupPoint } from "./backup/point.ts";
import { restoreFiles } from "./backup/restore-files.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";

/**
 * Writes a volume's files, as a backup point has them, into a new volume:
 * `node operations/restore-files.ts <stack> <service> <volume> <new volume> [<backup point>]`; unset: the last point.
 * Prints what the new volume has as one line of JSON.
 */
runProgram(async () => {
  const [stack, service, volume, to, name] = process.argv.slice(2);
  if (!stack || !service || !volume || !to)
    throw new Error("expected `switchback restore-files <service> <volume> <new volume> [<backup point>]`");
  const docker = connect();
  await ensureRecords(docker, stack);
  const point = choose(await readPoints(docker, stack), name);
  const container = await withRepository(docker, stack);
  const saved = await restoreFiles({ docker, stack, container, point, service, volume, toVolume: to });
  await appendJournal(docker, stack, {
    event: "restored-files",
    operation: "restore-files",
    name: point.name,
    service,
    volume,
    to,
    reason: process.env.SWITCHBACK_REASON ?? "",
    actor: actor(),
  });
  console.log(JSON.stringify({ point: point.name, at: saved.at, volume: to, files: saved.files, bytes: saved.bytes }));
});

function choose(points: readonly BackupPoint[], name: string | undefined): BackupPoint {
  const found = name === undefined ? points.at(-1) : points.find((point) => point.name === name);
  if (found) return found;
  const last = points.slice(-5).map((point) => point.name);
  throw new Error(`expected the backup point ${name ?? "of some change"}, got ${last.join(", ") || "none at all"}`);
}

/** A container of the stack that has the volume of backups, running or not. */
async function withRepository(docker: Docker, stack: string): Promise<string> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  const one = found.find(({ Labels }) => ["scheduler", "database"].includes(Labels["switchback.role"] ?? ""));
  if (one) return one.Names[0]!.slice(1);
  throw new Error(`expected a database or scheduler of ${stack}, got none; run \`up\` first`);
}
