import { no, yes } from "../../stacks/condition.ts";
import type { Condition } from "../../stacks/verdict.ts";
import {
  type Candidate,
  candidatesOf,
  goldenCandidate,
  pointCandidate,
  previousRelease,
  releaseCandidate,
  releaseWithData,
} from "./candidates.ts";
import type { RollbackFacts } from "./facts.ts";

/** What somebody asked for. */
export interface Asked {
  /** An id, `previous` or a tag. */
  readonly to: string;
  /** The highest level that may be used; undefined: what it takes, without data going back. */
  readonly level: 1 | 2 | 3 | undefined;
}

/** The candidate that is meant, whatever its verdict. @throws when there is none */
export function choose({ to, level }: Asked, facts: RollbackFacts): Candidate {
  if (to === "previous") {
    const release = previousRelease(facts);
    if (release) return ofRelease(release, level, facts);
    const before = `something that served before ${facts.serving?.release ?? "what serves"} in its line`;
    const got = facts.served ? "nothing" : `no answer (${facts.unknown.join("; ")})`;
    throw new Error(`expected ${before}, got ${got}; choose one: switchback rollback --list --stack ${facts.stack}`);
  }
  const tagged = goldenCandidate(to, facts, level ?? 2);
  if (tagged) return tagged;
  const point = pointCandidate(to, facts);
  if (point) return point;
  const generation = candidatesOf(facts).find(({ id, kind }) => id === to && kind === "generation");
  if (generation) return generation;
  if (facts.releases.has(to)) return ofRelease(to, level, facts);
  const known = [...new Set(candidatesOf(facts).map(({ id }) => id))];
  throw new Error(
    `expected previous, a tag, a release, a backup point or a generation (${known.join(", ") || "there is none"}), got ${to}`,
  );
}

/** Whether a candidate keeps to the level that is allowed. */
export function levelCheck({ level: takes, why }: Candidate, level: Asked["level"]): Condition {
  if (level === undefined || takes === null || takes <= level) return yes("level", `it takes level ${takes ?? "?"}`);
  return no(
    "level",
    `expected level ${level} at most, got level ${takes} (${why}); if that is meant: --level ${takes}`,
  );
}

/** With level 3 its data come back too. */
function ofRelease(release: string, level: Asked["level"], facts: RollbackFacts): Candidate {
  const alone = releaseCandidate(release, facts);
  if (level !== 3) return alone;
  const withData = releaseWithData(release, facts);
  if (withData) return withData;
  throw new Error(`expected a backup point of when ${release} ran, got none; name one: --to NAME (switchback backups)`);
}
