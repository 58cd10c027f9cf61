import type Docker from "dockerode";
import { z } from "zod";
import { exec } from "../live/docker.ts";
import { inRecords, recordsName, writeRecord } from "../live/records.ts";

const volume = z.object({ name: z.string(), kib: z.number() });

/** A piece of evidence: the content of evidence/<name>.json in the records. */
const evidence = z.object({
  version: z.literal(1),
  /** Of its volume; the container that holds it has the same. */
  name: z.string(),
  /** `isolation`: of every container, when the stack was isolated. `copy`: of volumes that somebody chose. */
  kind: z.enum(["isolation", "copy"]),
  at: z.iso.datetime({ offset: true }),
  actor: z.string(),
  reason: z.string(),
  containers: z.array(z.string()),
  /** Volumes that are in it, each as an archive. */
  copied: z.array(volume),
  /** Volumes that are not in it, and why. */
  left: z.array(volume.extend({ why: z.string() })),
  /** SHA-256, in hex, of MANIFEST.sha256, which has that of every file. */
  manifest: z.string(),
  files: z.number(),
  bytes: z.number(),
});

export type Evidence = z.output<typeof evidence>;

const folder = "evidence";

export async function recordEvidence(docker: Docker, stack: string, found: Evidence): Promise<void> {
  await inRecords(docker, stack, `mkdir -p ${folder}`, []);
  await writeRecord(docker, stack, `${folder}/${found.name}.json`, `${JSON.stringify(found)}\n`);
}

/** Every piece of evidence of a stack, oldest first. @throws when one cannot be understood */
export async function readEvidence(docker: Docker, stack: string): Promise<Evidence[]> {
  const script = `cd /records/${folder} 2>/dev/null || exit 0; for file in *.json; do [ -e "$file" ] && cat "$file"; done`;
  const { stdout } = await exec(docker, recordsName(stack), ["sh", "-uc", script]);
  const found = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => evidence.parse(JSON.parse(line)));
  return found.sort((a, b) => (a.at < b.at ? -1 : 1));
}
