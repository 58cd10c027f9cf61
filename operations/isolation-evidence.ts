import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type Docker from "dockerode";
import { exportVolume } from "./evidence/export.ts";
import { type Evidence, readEvidence } from "./isolation/evidence.ts";
import { takeEvidence } from "./isolation/take.ts";
import { actor } from "./live/actor.ts";
import { connect } from "./live/docker.ts";
import { appendJournal } from "./live/journal.ts";
import { ensureKeeper } from "./live/keeper.ts";
import { withLock } from "./live/lock.ts";
import { runProgram } from "./live/program.ts";
import { ensureRecords } from "./live/records.ts";

const usage = `usage: node operations/isolation-evidence.ts <stack> list [--json]
       node operations/isolation-evidence.ts <stack> take <volume> [--because <why>]
       node operations/isolation-evidence.ts <stack> export <evidence> --to <folder>`;

const options = { json: { type: "boolean" }, to: { type: "string" }, because: { type: "string" } } as const;

/** What was kept of an isolation, or of a volume: lists it, takes more, copies it out. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [stack, verb, name] = positionals;
  const docker = connect();
  if (stack && verb === "list" && !name) return list(docker, stack, values.json === true);
  if (stack && verb === "take" && name)
    return take(docker, stack, name, values.because ?? process.env.SWITCHBACK_REASON ?? "");
  if (stack && verb === "export" && name && values.to) return copyOut(docker, stack, name, resolve(values.to));
  throw new Error(usage);
}

async function list(docker: Docker, stack: string, json: boolean): Promise<void> {
  await ensureRecords(docker, stack);
  const found = await readEvidence(docker, stack);
  console.log(json ? JSON.stringify(found, null, 2) : found.map(render).join("\n") || "none");
}

async function take(docker: Docker, stack: string, volume: string, reason: string): Promise<void> {
  await ensureRecords(docker, stack);
  const evidence = await withLock(docker, stack, `evidence of ${volume}`, () =>
    takeEvidence({
      ...{ docker, stack, volume, reason, actor: actor() },
      journal: (entry) => appendJournal(docker, stack, entry),
      log: (line) => console.error(line),
    }),
  );
  console.log(render(evidence));
}

async function copyOut(docker: Docker, stack: string, name: string, folder: string): Promise<void> {
  await ensureRecords(docker, stack);
  const all = await readEvidence(docker, stack);
  const evidence = all.find((one) => one.name === name);
  if (!evidence)
    throw new Error(`expected evidence of ${stack} (${all.map((one) => one.name).join(", ") || "none"}), got ${name}`);
  await ensureKeeper(docker, { name, stack, path: "/data" });
  const exported = await exportVolume(docker, { keeper: name, volume: name, about: { stack, evidence } }, folder);
  const { archive, manifest, bytes, sha256, files } = exported;
  const entry = { event: "evidence-exported", operation: "evidence", evidence: name, bytes, sha256 };
  await appendJournal(docker, stack, { ...entry, actor: actor() });
  console.log(`${archive}: ${files} files, ${bytes} bytes, sha256 ${sha256}, read back and compared with the volume`);
  console.log(`${manifest}: the SHA-256 of every file`);
}

function render({
  name,
  kind,
  at,
  actor: who,
  reason,
  containers,
  copied,
  left,
  manifest,
  files,
  bytes,
}: Evidence): string {
  const why = reason ? `, "${reason}"` : "";
  const volumes = copied.map((volume) => volume.name).join(", ") || "no volume";
  return [
    `${name}: ${kind}, ${files} files, ${(bytes / 1e6).toFixed(1)} MB`,
    `  taken ${at} by ${who}${why}`,
    ...(containers.length > 0 ? [`  of ${containers.join(", ")}`] : []),
    `  with ${volumes}`,
    ...left.map((volume) => `  without ${volume.name}: ${volume.why}`),
    `  MANIFEST.sha256 is ${manifest}`,
  ].join("\n");
}

if (import.meta.main) runProgram(main);
