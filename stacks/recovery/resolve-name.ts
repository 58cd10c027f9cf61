import type { RecoveryFacts } from "./facts.ts";
import { headBetween } from "./heads.ts";
import { allNames, type Named, suggestNames, unreadNames } from "./names.ts";
import { describeWindow, goodBases, reachableFrom, timelineOfGeneration } from "./reach.ts";
import { found, nearestPoint, type Resolved, refuse, sinceOf } from "./resolution.ts";
import { compareLsn } from "./wal.ts";

/** What a name means: a backup point, the end of a generation's time, a backup by itself, or a dump. */
export function resolveName(name: string, facts: RecoveryFacts): Resolved {
  const names = allNames(facts);
  const [meant, ...others] = names.filter((entry) => entry.name === name);
  if (!meant) {
    const unread = unreadNames(facts);
    const known = suggestNames(
      names.map((entry) => entry.name),
      name,
    );
    return refuse(
      [
        `expected targetBackup to be a backup point, a dump or a backup, got ${name}`,
        ...unread,
        `there are ${known.join(", ") || "none"}`,
      ].join("; "),
    );
  }
  if (others.length > 0) {
    const where = [meant, ...others].map((entry) => `${entry.kind} of ${entry.generation}`).join(", ");
    return refuse(
      `expected targetBackup to name one, got ${name}, which is ${where}; name a time: pulumi config set targetTime ${meant.at}`,
    );
  }
  if (meant.kind === "dump") return resolveDump(meant, facts);
  const gone = abandoned(meant, facts);
  if (gone !== undefined) {
    return refuse(
      `expected a target on a timeline that was not abandoned, got ${name}: ${gone}; the window: ${describeWindow(facts)}`,
    );
  }
  return meant.kind === "label" ? resolveLabel(meant, facts) : resolvePoint(name, meant, facts);
}

/** Why nothing leads to it any more; undefined: something does. */
function abandoned(meant: Named, facts: RecoveryFacts): string | undefined {
  const { generation } = meant;
  const state = facts.catalogue.generations.find((known) => known.name === generation)?.state;
  if (state === "abandoned") return `${generation} was abandoned before it served`;
  const current = timelineOfGeneration(facts, generation);
  const own = meant.kind === "point" ? meant.point.timeline : meant.kind === "label" ? meant.base.timeline : current;
  return own === current
    ? undefined
    : `timeline ${own} of ${generation}, which goes on as ${current ?? "nobody knows"}`;
}

function resolveLabel({ base, generation, at }: Named & { kind: "label" }, facts: RecoveryFacts): Resolved {
  const { label, broken } = base;
  if (broken) {
    return refuse(
      `expected a backup without errors, got ${label}, which has pages with wrong checksums; name a time or another backup; the window: ${describeWindow(facts)}`,
    );
  }
  const from = Date.parse(at);
  const to = reachableFrom(base);
  const told = `in the backup ${label} of ${at}`;
  return found(
    facts,
    generation,
    base,
    { kind: "immediate" },
    { told, from, to, head: headBetween(facts, generation, from, to) },
  );
}

function resolvePoint(name: string, meant: Named & { kind: "point" | "end" }, facts: RecoveryFacts): Resolved {
  const { generation, at } = meant;
  const point = meant.kind === "point" ? meant.point : undefined;
  const lsn = meant.kind === "point" ? meant.point.lsn : meant.lsn;
  const bases = goodBases(facts, generation);
  const recorded = bases.find(({ label }) => label === point?.base.label);
  const base = recorded ?? bases.findLast(({ stopLsn }) => compareLsn(stopLsn, lsn) <= 0);
  if (!base) {
    const why = [`expected a base of ${generation} that ended before ${name} (${at}), got none`, ...unreadNames(facts)];
    return refuse(`${why.join("; ")}; the window: ${describeWindow(facts)}`);
  }
  const time = Date.parse(at);
  // The end of a time is journalled after it: the schema is the one of shortly before.
  const head = point?.head ?? headBetween(facts, generation, time - 1000, time - 1000);
  const told = `at the restore point ${name} of ${at}`;
  return found(facts, generation, base, { kind: "name", name }, { told, from: time, to: time, head, lsn, point });
}

function resolveDump({ dump, generation, at }: Named & { kind: "dump" }, facts: RecoveryFacts): Resolved {
  const { name, file, sha256, head, partial, tables } = dump;
  if (partial) {
    return refuse(
      `expected a dump of the whole database, got ${name}, which has ${tables.join(", ")} alone; read it by hand with pg_restore, or name another backup point`,
    );
  }
  const timeline = timelineOfGeneration(facts, generation) ?? 1;
  return {
    found: {
      source: { generation, timeline },
      material: { kind: "dump", name, file, sha256 },
      expected: { head, point: null },
      base: undefined,
      lastSegment: undefined,
      told: `in the dump ${name} of ${at}`,
      moment: { time: Date.parse(at) },
      since: sinceOf(facts, generation, { at }),
      point: nearestPoint(facts, generation, Date.parse(at), head),
      postgres: null,
    },
  };
}
