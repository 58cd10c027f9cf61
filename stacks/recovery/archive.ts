import { missingSegments } from "../../operations/backup/segments.ts";
import { no, unknown, yes } from "../condition.ts";
import type { Probed } from "../probe-bounded.ts";
import type { Condition } from "../verdict.ts";
import type { ArchivedSegment, RecoveryFacts } from "./facts.ts";
import { describeWindow, reigns } from "./reach.ts";
import type { Resolution } from "./resolution.ts";
import { segmentBytes, segmentOf, segmentsBetween } from "./wal.ts";

/** What a restore replays, and whether it is all there. */
export interface Replay {
  readonly condition: Condition;
  /** Bytes of WAL from the base to the target, in whole segments; undefined: nobody knows. */
  readonly bytes: number | undefined;
}

/**
 * Judges the WAL between a base and a target.
 * @param segments of the source's timeline that the repository has, from the base's first one on
 */
export function judgeReplay(
  facts: RecoveryFacts,
  resolution: Resolution,
  segments: Probed<readonly ArchivedSegment[]>,
): Replay | undefined {
  const { base, material } = resolution;
  if (!base || material.kind !== "base") return undefined;
  const told = `${base.label} of ${base.stoppedAt}, ${megabytes(base.bytes)}`;
  if ("unknown" in segments) {
    return {
      condition: unknown(
        "base",
        `${told}; whether the WAL from it on is whole could not be seen (${segments.unknown})`,
      ),
      bytes: undefined,
    };
  }
  const present = segments.value.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const newest = present.at(-1)?.name ?? "";
  const wanted = resolution.lastSegment ?? segmentAt(present, material.stop);
  // What has a name was seen in the repository when it got it: if it is not there now, it is lost.
  const rest = wanted === undefined || (wanted > newest && material.stop.kind === "lsn");
  const last = [rest ? newest : wanted, base.lastSegment].sort().at(-1)!;
  const missing = missingSegments(base.firstSegment, last, new Set(present.map(({ name }) => name)));
  if (missing.length > 0)
    return { condition: no("base", describeGap(facts, base.label, missing, present)), bytes: undefined };
  const bytes = segmentsBetween(base.firstSegment, last) * segmentBytes;
  const found = `${told}; ${megabytes(bytes)} of WAL from it to the target`;
  return {
    condition: rest ? judgeRest(facts, resolution, found, present.at(-1)) : yes("base", `${found}, without a gap`),
    bytes,
  };
}

/** A time is passed by the first segment that was archived after it. */
function segmentAt(present: readonly ArchivedSegment[], stop: { kind: string; at?: string }): string | undefined {
  if (stop.at === undefined) return undefined;
  const time = Date.parse(stop.at);
  return present.find(({ at }) => Date.parse(at) > time)?.name;
}

/** The target is later than the last segment in the repository. */
function judgeRest(
  { catalogue, server }: RecoveryFacts,
  { source }: Resolution,
  found: string,
  newest: ArchivedSegment | undefined,
): Condition {
  const { generation } = source;
  const last = reigns(catalogue).findLast((reign) => reign.generation === generation);
  const since = newest ? `since ${newest.at}` : "since the base";
  const whole = ({ lsn }: { lsn: string }) => newest !== undefined && newest.name >= segmentOf(lsn, source.timeline);
  const ending = catalogue.promotions.findLast(({ from, end }) => from === generation && end !== null)?.end;
  if (last?.until === null && "value" in server) {
    if (server.value.gap)
      return no(
        "base",
        `expected the WAL of ${generation} ${since} in the repository, got a gap: it was archived and is not there; name a time before it`,
      );
    return yes("base", `${found}, and what was written ${since}, which is archived first`);
  }
  if (last?.until !== null && ending && whole(ending))
    return no(
      "base",
      `expected a time before the end of ${generation}, got one after its last commit; go back to its end: pulumi config set targetBackup ${ending.name}`,
    );
  return unknown(
    "base",
    `${found}; what was written ${since} is on the volume of ${generation} alone, and is looked for there first`,
  );
}

function describeGap(
  facts: RecoveryFacts,
  label: string,
  missing: readonly string[],
  present: readonly ArchivedSegment[],
): string {
  const shown = `${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ` and ${missing.length - 3} more` : ""}`;
  const before = present.findLast(({ name }) => name < missing[0]!);
  const way = before ? `name a time before ${before.at}` : "name a time before that base, or after a later one";
  return `expected every WAL segment from the base ${label} to the target in the repository, got a gap: ${shown}; ${way}; the window: ${describeWindow(facts)}`;
}

/** A size for people. */
export const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
