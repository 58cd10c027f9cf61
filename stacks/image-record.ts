import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";

/** The record of a project, in its folder. */
export const imageRecord = ".switchback/images.json";

/** Ids of the images built on this machine, by `repository:tag`. */
export const recordedImages = (): Readonly<Record<string, string>> => readImageRecord(imageRecord);

/** The same of another project. @throws when the file is no JSON */
export function readImageRecord(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`expected JSON in ${file}, got: ${(error as Error).message}; remove it and run \`npm run setup\``);
  }
}

/** Adds one image to the record; written beside it, then renamed, so that an interruption leaves the old one. */
export function recordImage(file: string, reference: string, id: string): void {
  const record = { ...readImageRecord(file), [reference]: id };
  const sorted = Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, `${JSON.stringify(sorted, null, 2)}\n`);
  renameSync(`${file}.${process.pid}`, file);
}
