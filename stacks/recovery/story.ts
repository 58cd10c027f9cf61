import type { Behind } from "../../operations/recovery/behind.ts";
import type { RestoredFiles, RestoreGoal } from "../../operations/recovery/goal.ts";
import type { Probed } from "../probe-bounded.ts";
import { megabytes } from "./archive.ts";
import type { PastRestore } from "./facts.ts";
import type { StoredBase } from "./stanza.ts";
import { segmentBytes } from "./wal.ts";

/** How many of the last runs an estimate is made of. */
const runs = 3;

/**
 * How long a restore takes, as the last ones did; undefined: there was none, or its size is unknown.
 * @param walBytes bytes to be replayed; undefined: unknown
 * @param way by which the data is copied
 */
export function estimateSeconds(
  restores: Probed<readonly PastRestore[]>,
  base: StoredBase | undefined,
  walBytes: number | undefined,
  way: PastRestore["way"] = "pgbackrest",
): number | undefined {
  if ("unknown" in restores || !base || walBytes === undefined) return undefined;
  const last = restores.value.filter((run) => run.way === way).slice(-runs);
  const sum = (of: (run: PastRestore) => number) => last.reduce((total, run) => total + of(run), 0);
  const [bytes, wal] = [sum((run) => run.bytes), sum((run) => run.walBytes)];
  if (bytes === 0) return undefined;
  const fixed = sum(({ seconds, copySeconds, replaySeconds }) => seconds - copySeconds - replaySeconds) / last.length;
  const copy = (base.bytes * sum(({ copySeconds }) => copySeconds)) / bytes;
  const replay = (walBytes * sum(({ replaySeconds }) => replaySeconds)) / Math.max(wal, segmentBytes);
  return fixed + copy + replay;
}

export const tellEstimate = (seconds: number | undefined): string =>
  seconds === undefined
    ? "how long it takes is not known before the first run"
    : `it takes about ${Math.max(1, Math.round(seconds))} s, as the last runs did`;

/** What stays behind in a generation, as far as it could be counted. */
export function tellBehind(generation: string, behind: Probed<Behind> | undefined): string {
  if (!behind) return `nobody knows since when what ${generation} has stays behind`;
  if ("unknown" in behind) return `what stays behind in ${generation} could not be counted: ${behind.unknown}`;
  const { commits, exact, aborts, walBytes, tables, lastCommitAt } = behind.value;
  const parts = [
    `${exact ? "" : "up to "}${commits} commits`,
    ...(aborts === null ? [] : [`${aborts} rolled back`]),
    ...(walBytes === null ? [] : [`${megabytes(walBytes)} of WAL`]),
    ...(lastCommitAt === null ? [] : [`the last at ${lastCommitAt}`]),
  ];
  const rows = (tables ?? [])
    .slice(0, 5)
    .map(({ table, inserts, updates, deletes }) => `${table} +${inserts} ~${updates} -${deletes}`);
  const more = (tables?.length ?? 0) > 5 ? ` and ${tables!.length - 5} more tables` : "";
  const byTable = rows.length > 0 ? `; by table, as an estimate: ${rows.join(", ")}${more}` : "";
  return `behind in ${generation} stay ${parts.join(", ")}${byTable}`;
}

const meanwhile = {
  maintenance: "the application gets the maintenance page, and loses the database",
  readonly: "the application is read-only: its writes fail",
  serve: "the application is served; what it writes stays behind",
};

/** What a restore does, step by step. A base point is cloned where the filesystem can. */
export function restoreOrder(goal: RestoreGoal, serving: string, keepDays: number, basePoint?: string): string[] {
  const { generation, source, material, files = [], during, verify, drill } = goal;
  const made =
    material.kind === "dump"
      ? `the dump ${material.name} is loaded into ${generation}`
      : `${basePoint ? `the base point ${basePoint} is cloned, or else ` : ""}the base ${material.label} is restored into ${generation}, and WAL is replayed on it`;
  const tail = source.serves ? `the last WAL of ${source.generation} is archived, or taken from its volume` : "";
  const checked =
    verify === "audit"
      ? "the gate checks it, and everything is read and compared"
      : "the gate checks it; everything is read and compared afterwards";
  return [
    ...(drill ? [] : [meanwhile[during]]),
    ...(material.kind === "base" && tail ? [tail] : []),
    made,
    ...(files.length > 0
      ? [`the files of ${files.map(volumeOf).join(", ")} are restored into volumes of ${generation}, and read back`]
      : []),
    checked,
    ...(drill
      ? [`what was seen is reported, and ${generation} is stopped; nothing switches`]
      : [
          `${generation} gets the roles and passwords of today, an archive of its own and its first base`,
          ...(files.length > 0 && during !== "maintenance" ? [meanwhile.maintenance] : []),
          `queries go to ${generation}; ${serving} is stopped and kept for at least ${keepDays} days`,
          ...(files.length > 0 ? [remounted(generation)] : []),
        ]),
  ];
}

/** What stays behind of files when they come back. */
export const tellFilesBehind = (files: readonly RestoredFiles[]): string[] =>
  files.length === 0 ? [] : [`what was written to ${files.map(volumeOf).join(", ")} since then stays behind too`];

/** What an undo does, step by step. @param remounts the colors get other volumes with it */
export function undoOrder(generation: string, serving: string, keepDays: number, remounts: boolean): string[] {
  const kept = `${serving} is stopped and kept for at least ${keepDays} days`;
  return [
    `${generation} is started`,
    ...(remounts ? [meanwhile.maintenance] : ["requests wait in the router, and what stays behind is counted again"]),
    `${serving} gets a final restore point`,
    ...(remounts
      ? [`queries go to ${generation}; ${kept}`, remounted(generation)]
      : [`queries go to ${generation}, and the waiting requests with them; ${kept}`]),
  ];
}

const remounted = (generation: string) =>
  `both colors are made anew with the files of ${generation}, and then the page goes`;

const volumeOf = ({ service, volume }: RestoredFiles) => `${service}/${volume}`;

/** What it takes to go back to a generation that is left. */
export const backTo = (generation: string): string =>
  `level 3 goes back to ${generation}, as long as it is kept: pulumi config set generation ${generation}`;
