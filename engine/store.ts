import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { writeAtomic } from "./files.ts";

/** The outcome of an operation as the history keeps it; the field names are those of Pulumi's own history files. */
export interface HistoryEntry {
  kind: "update" | "refresh" | "destroy" | "import";
  /** Unix seconds. */
  startTime: number;
  message: string;
  environment: Record<string, string>;
  /** Config as in the stack's file: `{"project:key": value}`, secrets as `{secure}`. */
  config: Record<string, unknown>;
  version: number;
  result: "in-progress" | "succeeded" | "failed";
  endTime?: number;
  resourceChanges?: Record<string, number>;
}

/** One stack's files in the layout of Pulumi's `file://` backend, so that the real CLI can be pointed at the folder. */
export interface StackStore {
  readonly stack: string;
  readonly project: string;
  /** Folder of this stack's lock files. */
  readonly locks: string;
  exists(): boolean;
  /** The checkpoint's text, or undefined when the stack does not exist. */
  read(): string | undefined;
  /** Replaces the checkpoint atomically; the one before stays as `.bak`. */
  write(text: string): void;
  /** Writes a history entry, and with it a copy of the checkpoint once the operation has ended. */
  record(name: string, entry: HistoryEntry): void;
  /** Newest first. */
  history(): { name: string; entry: HistoryEntry }[];
  remove(): void;
}

export function openStore(root: string, project: string, stack: string): StackStore {
  const base = join(root, ".pulumi");
  const file = join(base, "stacks", project, `${stack}.json`);
  const history = join(base, "history", project, stack);
  const backups = join(base, "backups", project, stack);
  const locks = join(base, "locks", "organization", project, stack);
  const read = () => (existsSync(file) ? readFileSync(file, "utf8") : undefined);
  return {
    stack,
    project,
    locks,
    read,
    exists: () => existsSync(file),
    write(text) {
      const meta = join(base, "meta.yaml");
      if (!existsSync(meta)) writeAtomic(meta, "version: 1\n");
      writeAtomic(file, text, true);
      // A sidecar of the real CLI would describe the text before.
      rmSync(`${file}.attrs`, { force: true });
    },
    record(name, entry) {
      writeAtomic(join(history, `${name}.history.json`), `${JSON.stringify(entry, null, 4)}\n`);
      const checkpoint = read();
      if (entry.result === "in-progress" || checkpoint === undefined) return;
      writeAtomic(join(history, `${name}.checkpoint.json`), checkpoint);
      writeAtomic(join(backups, `${stack}.${nanos()}.json`), checkpoint);
    },
    history() {
      const names = existsSync(history) ? readdirSync(history) : [];
      return names
        .filter((name) => name.endsWith(".history.json"))
        .sort()
        .reverse()
        .map((name) => ({
          name: basename(name, ".history.json"),
          entry: JSON.parse(readFileSync(join(history, name), "utf8")) as HistoryEntry,
        }));
    },
    remove() {
      for (const path of [file, `${file}.bak`, `${file}.attrs`, `${file}.bak.attrs`, history, locks]) {
        rmSync(path, { recursive: true, force: true });
      }
    },
  };
}

/** Names of the project's stacks, sorted. */
export function listStacks(root: string, project: string): string[] {
  const folder = join(root, ".pulumi", "stacks", project);
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith(".json"))
    .map((name) => basename(name, ".json"))
    .sort();
}

/** Nanoseconds since 1970 as the file names carry them. */
export function nanos(): string {
  return String(BigInt(Date.now()) * 1_000_000n + (process.hrtime.bigint() % 1_000_000n));
}
