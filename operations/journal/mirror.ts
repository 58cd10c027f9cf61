import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { headFile, journalFile } from "../live/journal.ts";
import { inRecords } from "../live/records.ts";
import { firstDifference, type Head, parseHead } from "./verify.ts";

/** Both copies of a stack's journal, and what the records say of its end. */
export interface Copies {
  /** undefined: there are no records. */
  readonly records: string | undefined;
  readonly head: Head | undefined;
  /** undefined: nothing was mirrored yet. */
  readonly mirror: string | undefined;
}

/** The mirror of a stack's journal, in the project's folder. */
export const mirrorFile = (stack: string, folder = ".switchback"): string => join(folder, `${stack}.journal.jsonl`);

/** Journal and head as they are at one moment. @throws when Docker does not answer */
export async function readCopies(docker: Docker, stack: string, folder?: string): Promise<Copies> {
  const mirror = await readFile(mirrorFile(stack, folder), "utf8").catch(() => undefined);
  try {
    const script = `cat ${headFile} 2>/dev/null || true; echo; cat ${journalFile} 2>/dev/null || true`;
    const { stdout } = await inRecords(docker, stack, script, []);
    const end = stdout.startsWith("\n") ? 0 : stdout.indexOf("\n\n") + 1;
    return { records: stdout.slice(end + 1), head: parseHead(stdout.slice(0, end)), mirror };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return { records: undefined, head: undefined, mirror };
    throw error;
  }
}

/**
 * Brings the mirror up to the records. One that differs is evidence and is left alone, with what to do on stderr; so
 * nothing that is done to either copy gets into the other.
 */
export async function mirrorJournal(docker: Docker, stack: string, folder?: string): Promise<void> {
  const { records, mirror } = await readCopies(docker, stack, folder);
  const file = mirrorFile(stack, folder);
  if (records === undefined || records === mirror) return;
  const line = mirror === undefined ? undefined : firstDifference(records, mirror);
  if (line !== undefined) {
    console.error(
      `switchback: ${file} differs from the journal of ${stack} from line ${line} on and is left as it is: see \`switchback journal verify\`; to begin a new mirror, move it away`,
    );
    return;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, records);
  await rename(`${file}.new`, file);
}
