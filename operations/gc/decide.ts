import type { GcFacts, ImageFact, PointFact } from "./facts.ts";

export interface Garbage {
  readonly kind: "image" | "set" | "backup point" | "dump";
  readonly name: string;
  /** Why nothing can need it. */
  readonly why: string;
  readonly bytes: number;
}

/** What no reachable release needs. Whatever cannot be told for certain is needed. */
export function findGarbage(facts: GcFacts): Garbage[] {
  const points = facts.points.filter((point) => point.kind === "safety" && isLost(point, facts));
  const dumps = facts.points.filter((point) => point.kind === "dump" && isSuperseded(point, facts));
  const reachable = facts.points.filter((point) => !points.includes(point));
  const images =
    facts.unknown.length > 0 ? [] : facts.images.filter((image) => !isImageNeeded(image, reachable, facts));
  const sets = facts.unknown.length > 0 ? [] : facts.sets.filter((set) => !isSetNeeded(set, reachable, facts));
  return [
    ...images.map((image) =>
      garbage("image", image.names.join(", "), "no release and no backup point names it", image.bytes),
    ),
    ...sets.map(({ name }) => garbage("set", `sets/${name}`, "no release, stack or backup point names it")),
    ...points.map(({ name, at }) =>
      garbage("backup point", name, `the repository has no backup from before ${at} any more`),
    ),
    ...dumps.map(({ name }) =>
      garbage("dump", name, `older than ${facts.retentionDays} days, and there is a newer one of the same tables`),
    ),
  ];
}

const garbage = (kind: Garbage["kind"], name: string, why: string, bytes = 0): Garbage => ({ kind, name, why, bytes });

/** A restore to a point begins with a backup that ended before it. */
function isLost({ at, generation }: PointFact, { oldestBackups }: GcFacts): boolean {
  if (!oldestBackups) return false;
  const oldest = oldestBackups.get(generation);
  return oldest !== undefined && Date.parse(oldest) > Date.parse(at);
}

function isSuperseded(dump: PointFact, { points, retentionDays, now }: GcFacts): boolean {
  if (now.getTime() - Date.parse(dump.at) < retentionDays * 86_400_000) return false;
  return points.some((point) => point.kind === "dump" && point.of === dump.of && point.at > dump.at);
}

function isImageNeeded({ id, names }: ImageFact, points: readonly PointFact[], facts: GcFacts): boolean {
  if (facts.used.has(id)) return true;
  const tags = new Set([...facts.releases, ...points.flatMap(({ releases }) => releases)]);
  return [id, ...names].some(
    (name) =>
      facts.releaseImages.has(name) ||
      facts.migrationImages.has(name) ||
      (!name.includes("@") && tags.has(name.slice(name.lastIndexOf(":") + 1))),
  );
}

/** Which former platform set somebody wants back, nobody can tell: they all stay. */
function isSetNeeded(set: GcFacts["sets"][number], points: readonly PointFact[], facts: GcFacts): boolean {
  if (set.platform || facts.namedSets.has(set.name)) return true;
  return points.some(({ sets }) => sets.some((id) => setName(id) === set.name));
}

/** A set's id is its name and the hash of its content. */
export const setName = (id: string): string => id.replace(/-[0-9a-f]{8}$/, "");
