import type Docker from "dockerode";

export interface LogOptions {
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  /** Last lines of it; unset: all. */
  readonly tail?: number;
  /** Lines since then alone, in s since 1970. */
  readonly since?: number;
}

const frameBytes = 8;

/** What a container has printed. */
export async function readLogs(container: Docker.Container, options: LogOptions): Promise<string> {
  const raw = (await container.logs(options)) as unknown as Buffer;
  const chunks: Buffer[] = [];
  // Each frame has the stream in its first byte, and its length in the last four of its head.
  for (let at = 0; at + frameBytes <= raw.length; ) {
    const end = at + frameBytes + raw.readUInt32BE(at + 4);
    chunks.push(raw.subarray(at + frameBytes, end));
    at = end;
  }
  return Buffer.concat(chunks).toString();
}
