import type Docker from "dockerode";
import { z } from "zod";
import { readRecord, recordsName, writeRecord } from "../live/records.ts";

/** A state that is known to be good: a release, and the moment of the data that goes with it. */
const golden = z.object({
  /** The tag: `golden`, or another word. */
  name: z.string(),
  release: z.string(),
  /** When it was tagged, RFC 3339: the data of this moment belong to it. */
  at: z.iso.datetime({ offset: true }),
  /** Backup point that has the data; null: the moment says it. */
  point: z.string().nullable(),
  /** Head of the schema then; null: the stack has no database. */
  head: z.string().nullable(),
  actor: z.string(),
  reason: z.string(),
});

export type Golden = z.output<typeof golden>;

const file = "golden.json";

/** Every tag of a stack, oldest first. @throws when the file is there and cannot be understood */
export async function readGolden(docker: Docker, stack: string): Promise<Golden[]> {
  const text = await readRecord(docker, stack, file);
  if (text === undefined) return [];
  const result = z.array(golden).safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(
    `expected tags in ${file} of ${recordsName(stack)}, got ${result.error.issues[0]!.message}; tag again`,
  );
}

/** Sets a tag; one of the same name moves. */
export async function writeGolden(docker: Docker, stack: string, tag: Golden): Promise<void> {
  const others = (await readGolden(docker, stack)).filter(({ name }) => name !== tag.name);
  await writeRecord(docker, stack, file, `${JSON.stringify([...others, tag])}\n`);
}
