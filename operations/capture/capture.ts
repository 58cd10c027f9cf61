import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type Docker from "dockerode";
import { withoutHeaders } from "../isolation/collect.ts";
import { isEvidence } from "../isolation/names.ts";
import { readRecord } from "../live/records.ts";
import { readStatus, type StackStatus } from "../status/read.ts";

/** Why a capture is made. */
export interface Occasion {
  readonly reason: string;
  readonly actor: string;
  /** What is about to happen; undefined: nothing, somebody wanted to have it. */
  readonly operation?: string | undefined;
}

export interface Capture {
  readonly folder: string;
  readonly files: number;
  readonly bytes: number;
  /** SHA-256, in hex, of MANIFEST.sha256, which has that of every file. */
  readonly manifest: string;
  /** What could not be read, and why. */
  readonly left: readonly string[];
}

/** Lines of each container's log. */
const logLines = 2000;
/** Longest time for all of a container. */
const patience = 5000;

/**
 * Writes how a stack is now into a new folder: each container's inspect, last log and stats, markers and pointers, journal,
 * config and releases, versions, and why. What does not answer is left out, and named. It changes nothing of the stack.
 */
export async function capture(docker: Docker, stack: string, folder: string, occasion: Occasion): Promise<Capture> {
  const left: string[] = [];
  const at = new Date().toISOString();
  const reading = async <T>(what: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await within(work);
    } catch (error) {
      left.push(`${what}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const [status, journal, version, containers] = await Promise.all([
    reading("status", readStatus(docker, stack)),
    reading("journal", readRecord(docker, stack, "journal.jsonl")),
    reading("versions", docker.version()),
    reading("containers", containersOf(docker, stack)),
  ]);
  const parts = (containers ?? []).map(async (name) => describe(docker, name, reading));
  const files = new Map<string, string | Buffer>([
    ["capture.json", json({ stack, at, ...occasion, node: process.version, docker: version })],
    ["status.json", json(status ?? null)],
    ["journal.jsonl", journal ?? ""],
    ...projectFiles(stack, status),
    ...(await Promise.all(parts)).flat(),
  ]);
  return { folder, left, ...write(folder, files) };
}

/** The folder of a capture made now. */
export const captureFolder = (stack: string): string =>
  join(".switchback", "captures", `${stack}-${new Date().toISOString().replace(/[-:]|\.\d+/g, "")}`);

async function containersOf(docker: Docker, stack: string): Promise<string[]> {
  const all = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  return all.map(({ Names }) => Names[0]?.slice(1) ?? "").filter((name) => name && !isEvidence(stack, name));
}

type Reading = <T>(what: string, work: Promise<T>) => Promise<T | undefined>;

async function describe(docker: Docker, name: string, reading: Reading): Promise<[string, string | Buffer][]> {
  const container = docker.getContainer(name);
  const logs = container.logs({ stdout: true, stderr: true, timestamps: true, tail: logLines, follow: false });
  const [inspected, log, stats] = await Promise.all([
    reading(`${name}: inspect`, container.inspect()),
    reading(`${name}: log`, logs),
    reading(`${name}: stats`, container.stats({ stream: false, "one-shot": true })),
  ]);
  const at = (file: string) => `containers/${name}/${file}`;
  return [
    ...(inspected ? [[at("inspect.json"), json(inspected)] as [string, string]] : []),
    ...(log ? [[at("log.txt"), withoutHeaders(log)] as [string, Buffer]] : []),
    ...(stats ? [[at("stats.json"), json(stats)] as [string, string]] : []),
  ];
}

/** The stack's file, in which secrets are encrypted, and the releases of both colors. */
function projectFiles(stack: string, status: StackStatus | undefined): [string, string][] {
  const containers = status && "value" in status.containers ? status.containers.value : [];
  const releases = new Set(containers.map(({ release }) => `releases/${release}.yaml`));
  return [`Pulumi.${stack}.yaml`, ...releases, ".switchback/images.json"]
    .filter(existsSync)
    .map((file) => [join("config", file.replace(".switchback/", "")), readFileSync(file, "utf8")]);
}

function write(
  folder: string,
  files: ReadonlyMap<string, string | Buffer>,
): Pick<Capture, "files" | "bytes" | "manifest"> {
  const names = [...files.keys()].sort();
  let bytes = 0;
  for (const name of names) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, files.get(name)!, { mode: 0o600, flag: "wx" });
    bytes += Buffer.byteLength(files.get(name)!);
  }
  const manifest = names.map((name) => `${sha256(files.get(name)!)}  ./${name}\n`).join("");
  writeFileSync(join(folder, "MANIFEST.sha256"), manifest, { mode: 0o600 });
  return { files: names.length, bytes, manifest: sha256(manifest) };
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");
const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

function within<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${patience / 1000} s`)), patience);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
