import type Docker from "dockerode";
import { z } from "zod";
import { readRecord, recordsName, writeRecord } from "../live/records.ts";

const time = z.iso.datetime({ offset: true });

/** A container as it was before anything was done to it. */
const isolatedContainer = z.object({
  name: z.string(),
  id: z.string(),
  role: z.string(),
  /** Address null: Docker chose one. */
  networks: z.array(z.object({ name: z.string(), address: z.string().nullable(), aliases: z.array(z.string()) })),
  restart: z.object({ name: z.string(), retries: z.number() }),
  paused: z.boolean(),
  ports: z.array(z.object({ internal: z.number(), external: z.number(), ip: z.string(), protocol: z.string() })),
});

/** The content of isolation.json: the last isolation of the stack. */
const isolationRecord = z.object({
  version: z.literal(1),
  since: time,
  actor: z.string(),
  reason: z.string(),
  /** See `evidence/<name>.json`. */
  evidence: z.string(),
  containers: z.array(isolatedContainer),
  /** Whether the evidence is whole. */
  collected: z.boolean(),
  ended: z
    .object({
      at: time,
      actor: z.string(),
      /** Null: it was a false alarm. */
      clearance: z.object({ by: z.string(), at: time }).nullable(),
    })
    .nullable(),
  /** When the clearance was given from which the stack's containers come; `none`: they are its first ones. */
  fresh: z.string(),
  marker: z.object({
    goal: z.string(),
    epoch: z.string(),
    pending: z.object({ epoch: z.string(), goal: z.string(), since: time }).nullable(),
  }),
});

export type IsolatedContainer = z.output<typeof isolatedContainer>;
export type IsolationRecord = z.output<typeof isolationRecord>;

const file = "isolation.json";

/**
 * The last isolation of a stack; undefined: there was none.
 * @throws when it is there and cannot be understood
 */
export async function readIsolation(docker: Docker, stack: string): Promise<IsolationRecord | undefined> {
  const text = await readRecord(docker, stack, file);
  if (text === undefined) return undefined;
  const result = isolationRecord.safeParse(parsed(text));
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new Error(
    `expected an isolation in ${file} of ${recordsName(stack)}, got ${path.join(".") || "the file"}: ${message}; see docs/runbooks/catalogue.md`,
  );
}

export const writeIsolation = (docker: Docker, stack: string, record: IsolationRecord): Promise<void> =>
  writeRecord(docker, stack, file, `${JSON.stringify(record)}\n`);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
