import type Docker from "dockerode";
import { pack } from "tar-stream";
import { execOk } from "../live/docker.ts";
import { ensureKeeper } from "../live/keeper.ts";
import { recordsName } from "../live/records.ts";
import { type Evidence, recordEvidence } from "./evidence.ts";
import { listMembers, type Member } from "./members.ts";
import type { IsolationRun } from "./operation.ts";
import type { IsolationRecord } from "./record.ts";
import { copyVolumes } from "./volumes.ts";

/**
 * Collects what there is to know of every container of a stack into a volume of its own, which a container holds: how it
 * was made, what it logged, which files it changed, what runs in it, and its volumes.
 */
export async function collect(run: IsolationRun, { evidence: name, since }: IsolationRecord): Promise<Evidence> {
  const { docker, goal, log } = run;
  const { stack } = goal;
  await ensureKeeper(docker, { name, stack, path: "/data" });
  const members = await listMembers(docker, stack);
  for (const member of members) await describeMember(docker, name, member);
  // Data and backups are gigabytes; and the records, which the scheduler has, go on being written.
  const data = members.filter(({ role }) => role === "database").flatMap(({ volumes }) => volumes);
  const kept = new Set([...data, recordsName(stack)]);
  const all = new Set(members.flatMap(({ volumes }) => volumes));
  const own = [...all].filter((volume) => !kept.has(volume)).sort();
  const { copied, left } = await copyVolumes(docker, stack, name, own);
  const inPlace = [...kept].sort().map((volume) => ({ name: volume, kib: 0, why: "kept where it is" }));
  const sealed = await seal(docker, name);
  const evidence: Evidence = {
    version: 1,
    name,
    kind: "isolation",
    at: since,
    actor: run.actor,
    reason: run.reason,
    containers: members.map((member) => member.name),
    copied,
    left: [...left, ...inPlace],
    ...sealed,
  };
  await recordEvidence(docker, stack, evidence);
  await run.journal({ event: "evidence", operation: "isolation", evidence: name, ...sealed, actor: run.actor });
  log(`evidence of ${members.length} containers and ${copied.length} volumes is in ${name}: ${sealed.files} files`);
  for (const { name: volume, why } of left) log(`${volume} is not in it: ${why}`);
  return evidence;
}

async function describeMember(docker: Docker, evidence: string, member: Member): Promise<void> {
  const container = docker.getContainer(member.id);
  const [inspected, logs, changes, processes] = await Promise.all([
    container.inspect(),
    container.logs({ stdout: true, stderr: true, timestamps: true, follow: false }),
    container.changes(),
    // A paused one can be looked at as well; one that does not run has none.
    member.running ? container.top({ ps_args: "-eo pid,ppid,user,lstart,time,args" }) : null,
  ]);
  const files = pack();
  const write = (file: string, content: string | Buffer) =>
    files.entry({ name: `containers/${member.name}/${file}`, mode: 0o400 }, content);
  write("inspect.json", json(inspected));
  write("logs.txt", withoutHeaders(logs));
  write("diff.json", json(changes ?? []));
  write("processes.json", json(processes));
  files.finalize();
  await docker.getContainer(evidence).putArchive(files as unknown as NodeJS.ReadableStream, { path: "/data" });
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The text of a log: each piece comes behind 8 bytes, of which the last four are its length. */
export function withoutHeaders(log: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at + 8 <= log.length; ) {
    const end = at + 8 + log.readUInt32BE(at + 4);
    pieces.push(log.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(pieces);
}

/** Writes the SHA-256 of every file, flushed to the disk. */
export async function seal(docker: Docker, evidence: string): Promise<Pick<Evidence, "manifest" | "files" | "bytes">> {
  const [manifest, files, bytes] = (await execOk(docker, evidence, ["sh", "-euc", sealing])).trim().split(/\s+/);
  return { manifest: manifest!, files: Number(files), bytes: Number(bytes) };
}

const sealing = `
cd /data
find . -type f ! -name MANIFEST.sha256 -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum > MANIFEST.sha256
sync .
printf '%s %s %s\\n' "$(sha256sum MANIFEST.sha256 | cut -d' ' -f1)" "$(wc -l < MANIFEST.sha256)" "$(du -sb . | cut -f1)"`;
