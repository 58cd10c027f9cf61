import { resolveTarget } from "../../stacks/recovery/resolve.ts";
import type { RecoveryTarget } from "../generations/format.ts";
import type { Assessed } from "./assess-release.ts";
import type { Aim, DataAim } from "./edits.ts";
import type { RollbackFacts } from "./facts.ts";

/**
 * What going back to the data of a moment takes.
 * @param release the one that is to run with them; undefined: the one that serves where it accepts their schema, else
 *   the one that ran then
 */
export function assessData(
  data: Exclude<DataAim, { kind: "generation" }>,
  release: string | undefined,
  facts: RollbackFacts,
): Assessed & { readonly aim: Aim } {
  const kept: Aim = { release, data };
  if (!facts.recovery) return { aim: kept, level: null, verdict: "no", why: "the stack has no database" };
  const target: RecoveryTarget = data.kind === "backup" ? data : { kind: "time", at: data.at };
  const resolved = resolveTarget(target, facts.recovery);
  if ("refused" in resolved) return { aim: kept, level: 3, verdict: "no", why: resolved.refused };
  const { expected, point, told } = resolved.found;
  const { head } = expected;
  const accepts = (tag: string | undefined) =>
    head === null || tag === undefined || facts.releases.get(tag)?.accepts.accepts(head) !== false;
  const then = point?.activeColor ? (point.releases[point.activeColor] ?? undefined) : undefined;
  const wanted = release ?? (accepts(facts.serving?.release ?? undefined) ? undefined : then);
  const aim: Aim = { release: wanted, data };
  const running = wanted ?? facts.serving?.release ?? undefined;
  const problems = wanted === undefined ? [] : (facts.releases.get(wanted)?.problems ?? [`no releases/${wanted}.yaml`]);
  if (problems.length > 0) return { aim, level: 3, verdict: "no", why: problems.join("; ") };
  if (!accepts(running))
    return { aim, level: 3, verdict: "no", why: `${running} does not accept their schema ${head || "(none)"}` };
  return { aim, level: 3, verdict: "yes", why: `${told}${wanted ? `, with release ${wanted}` : ""}` };
}
