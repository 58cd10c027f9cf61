import type { RawSeconds } from "../raw-restore.ts";
import type { Recovery } from "../recoveries.ts";
import { inSeconds, rounded } from "../table.ts";

/** What copying a data directory took. */
export interface CopyOfSize extends Pick<Recovery, "bytes" | "copySeconds" | "way"> {}

/** What was measured; times in seconds. */
export interface Level3Samples {
  readonly recovery: Omit<Recovery, "output">;
  readonly raw: RawSeconds;
  /** Rows that there were at the moment, and that there are after the recovery. */
  readonly rows: number;
  readonly left: number;
  /** The whole `up` that goes back. */
  readonly undoSeconds: number;
  /** By size, the recovery's own among them. */
  readonly sizes: readonly CopyOfSize[];
}

/** What `--json` writes under `level3`. */
export function level3Json({ recovery, raw, rows, left, undoSeconds, sizes }: Level3Samples) {
  const { upSeconds, restoreSeconds, copySeconds, replaySeconds, way, bytes } = recovery;
  return {
    upSeconds: rounded(upSeconds),
    restoreSeconds: rounded(restoreSeconds),
    copySeconds: rounded(copySeconds),
    replaySeconds: rounded(replaySeconds),
    rawSeconds: rounded(raw.rawSeconds),
    rawCopySeconds: rounded(raw.copySeconds),
    rawReplaySeconds: rounded(raw.replaySeconds),
    ratioToRaw: rounded(restoreSeconds / raw.rawSeconds),
    missing: Math.max(0, rows - left),
    extra: Math.max(0, left - rows),
    way,
    bytes,
    sizes: sizes.map((size) => ({ bytes: size.bytes, copySeconds: rounded(size.copySeconds), way: size.way })),
    undoSeconds: rounded(undoSeconds),
  };
}

type Level3Result = ReturnType<typeof level3Json>;

/** Each thing that level 3 must reach, what was measured, and whether it holds. */
export function expectations(result: Level3Result): { what: string; got: string; met: boolean }[] {
  const { ratioToRaw, missing, extra, sizes, way } = result;
  const [smallest, largest] = [sizes.at(0), sizes.at(-1)];
  return [
    { what: "restore <= 1.2 x by hand", got: `${ratioToRaw} x`, met: ratioToRaw <= 1.2 },
    {
      what: "every row of the moment, and no other",
      got: `${missing} missing, ${extra} extra`,
      met: missing === 0 && extra === 0,
    },
    ...(way === "clone" && smallest && largest && smallest !== largest
      ? [
          {
            what: "a clone takes as long, whatever the size",
            got: sizes.map(({ bytes, copySeconds }) => `${megabytes(bytes)} in ${inSeconds(copySeconds)} s`).join(", "),
            // What a busy machine adds to a tenth of a second is no growth.
            met: largest.copySeconds <= 1.5 * smallest.copySeconds + 0.1,
          },
        ]
      : []),
  ];
}

/** The rows of the table: where the time goes. */
export function level3Rows(result: Level3Result): string[][] {
  const { restoreSeconds, copySeconds, replaySeconds, rawSeconds, rawCopySeconds, rawReplaySeconds } = result;
  return [
    ["copy", inSeconds(copySeconds), inSeconds(rawCopySeconds)],
    ["start, replay, promotion", inSeconds(replaySeconds), inSeconds(rawReplaySeconds)],
    ["archive before, gate after", inSeconds(restoreSeconds - copySeconds - replaySeconds), ""],
    ["restore", inSeconds(restoreSeconds), inSeconds(rawSeconds)],
    ["whole `up`, with the first backup", inSeconds(result.upSeconds), ""],
    ["undo, whole `up`", inSeconds(result.undoSeconds), ""],
  ];
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
