import type { Catalogue, RecoveryRequest } from "../generations/format.ts";
import type { Since } from "../recovery/behind.ts";
import type { RestoreGoal } from "../recovery/goal.ts";

/**
 * From when on what is written in the generation that is left stays behind: everything since it began to serve, or, when
 * the data is made from that very generation, since the moment that it goes back to. Undefined: it never served.
 * @param request that the data is made for; undefined: it was there already
 * @param momentOf when a backup point or a dump was taken, by its name; undefined: unknown
 */
export function behindSince(
  catalogue: Catalogue,
  leaving: string,
  request: RecoveryRequest | undefined,
  momentOf: (name: string) => Since | undefined,
): Since | undefined {
  const began = catalogue.promotions.findLast(({ generation }) => generation === leaving);
  const whole = began?.start;
  if (!request) return whole;
  const { source, material } = JSON.parse(request.goal) as RestoreGoal;
  if (source.generation !== leaving) return whole;
  if (material.kind === "dump") return momentOf(material.name) ?? whole;
  const { stop } = material;
  if (stop.kind === "time") return { at: stop.at };
  if (stop.kind === "lsn") return { lsn: stop.lsn };
  return (stop.kind === "name" ? momentOf(stop.name) : undefined) ?? whole;
}
