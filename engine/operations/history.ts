import { hasSecure } from "../config-value.ts";
import type { HistoryEntry } from "../store.ts";
import { jsonEntry } from "./config.ts";
import { type Io, openStack, type StackRef } from "./open.ts";

/** Prints the stack's operations, newest first; with `json` in the form of `pulumi stack history --json`. */
export function showHistory(ref: StackRef, options: { json: boolean; pageSize?: number; page?: number }, io: Io): void {
  const all = openStack(ref, io.env)
    .store.history()
    .map(({ entry }) => entry);
  const size = options.pageSize ?? all.length;
  const start = size * ((options.page ?? 1) - 1);
  const entries = all.slice(start, start + size);
  if (options.json) {
    io.out(JSON.stringify(entries.map(jsonHistory), null, 2));
    return;
  }
  if (entries.length === 0) {
    io.out("Stack has never been updated");
    return;
  }
  for (const entry of entries) for (const line of describe(entry)) io.out(line);
}

function jsonHistory(entry: HistoryEntry): Record<string, unknown> {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString();
  const config = Object.entries(entry.config).map(([key, value]) => [key, jsonEntry(value, hasSecure(value), false)]);
  return {
    version: entry.version,
    kind: entry.kind,
    startTime: time(entry.startTime),
    message: entry.message,
    environment: entry.environment,
    config: Object.fromEntries(config),
    result: entry.result,
    ...(entry.endTime !== undefined && { endTime: time(entry.endTime) }),
    ...(entry.resourceChanges !== undefined && { resourceChanges: entry.resourceChanges }),
  };
}

function describe(entry: HistoryEntry): string[] {
  const { create = 0, delete: deleted = 0, update = 0, same = 0, replace = 0 } = entry.resourceChanges ?? {};
  const took = entry.endTime === undefined ? "" : ` took ${entry.endTime - entry.startTime}s`;
  const replaced = replace > 0 ? `+-${replace}` : "";
  return [
    `UpdateKind: ${entry.kind}`,
    `Status: ${entry.result}`,
    `Message: ${entry.message}`,
    `+${create}-${deleted}~${update}${replaced} ${same} Updated ${new Date(entry.startTime * 1000).toISOString()}${took}`,
    ...Object.entries(entry.environment)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `    ${key}: ${value}`),
    "",
  ];
}
