import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import type { Check, CheckVerdict } from "./check.ts";
import type { Depth } from "./context.ts";
import { renderJunit } from "./junit.ts";

/** What a validation found. */
export interface ValidationReport {
  readonly stack: string;
  readonly verdict: CheckVerdict;
  readonly checks: readonly Check[];
  /** RFC 3339: when it began. */
  readonly at: string;
  readonly depth: Depth;
  readonly milliseconds: number;
  /** Of `--watch`: this is its last round. */
  readonly watched?: {
    readonly seconds: number;
    readonly rounds: number;
    /** Checks that failed in some round, and passed in the next. */
    readonly flapped: readonly string[];
  };
}

/**
 * Writes a report: JUnit where the file's name ends in `.xml`, JSON where it ends in `.json`, else both beside each other.
 * @returns the files
 */
export function writeReport(file: string, report: ValidationReport): string[] {
  const extension = extname(file).toLowerCase();
  const kinds = extension === ".xml" || extension === ".json" ? [file] : [`${file}.json`, `${file}.xml`];
  for (const name of kinds)
    writeFileSync(
      name,
      name.toLowerCase().endsWith(".xml") ? renderJunit(report) : `${JSON.stringify(report, null, 2)}\n`,
    );
  return kinds;
}
