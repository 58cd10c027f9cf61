import type { BackupPoint, DumpPoint } from "../../operations/backup/point.ts";
import type { RecoveryFacts } from "./facts.ts";
import type { StoredBase } from "./stanza.ts";

/** What a name can mean. */
export type Named =
  | { readonly kind: "point"; readonly generation: string; readonly at: string; readonly point: BackupPoint }
  | { readonly kind: "dump"; readonly generation: string; readonly at: string; readonly dump: DumpPoint }
  | { readonly kind: "label"; readonly generation: string; readonly at: string; readonly base: StoredBase }
  /** The restore point that ended a generation's time. */
  | { readonly kind: "end"; readonly generation: string; readonly at: string; readonly lsn: string };

/** Everything that has a name, oldest first. What could not be read has none; {@link unreadNames} says so. */
export function allNames({ points, dumps, stanzas, catalogue }: RecoveryFacts): readonly (Named & { name: string })[] {
  const found: (Named & { name: string })[] = [];
  for (const point of "value" in points ? points.value : [])
    found.push({ kind: "point", name: point.name, generation: point.generation, at: point.at, point });
  for (const dump of "value" in dumps ? dumps.value : [])
    found.push({ kind: "dump", name: dump.name, generation: dump.generation, at: dump.at, dump });
  for (const { generation, bases } of "value" in stanzas ? stanzas.value.values() : [])
    for (const base of bases) found.push({ kind: "label", name: base.label, generation, at: base.stoppedAt, base });
  for (const { at, from, end } of catalogue.promotions)
    if (from && end) found.push({ kind: "end", name: end.name, generation: from, at, lsn: end.lsn });
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** Why a name may be missing although it exists. */
export const unreadNames = ({ points, dumps, stanzas }: RecoveryFacts): string[] =>
  [
    { what: "backup points", probed: points },
    { what: "dumps", probed: dumps },
    { what: "repository", probed: stanzas },
  ].flatMap(({ what, probed }) => ("unknown" in probed ? [`the ${what} could not be read (${probed.unknown})`] : []));

/** Names that somebody may have meant: the nearest by their beginning, then the newest. */
export function suggestNames(names: readonly string[], asked: string): string[] {
  const least = Math.ceil(asked.length / 2);
  const near = [...new Set(names)]
    .map((name) => ({ name, common: commonPrefix(name.toLowerCase(), asked.toLowerCase()) }))
    .filter(({ common }) => common > least)
    .sort((a, b) => b.common - a.common)
    .slice(0, 2)
    .map(({ name }) => name);
  return [...new Set([...near, ...names.slice(-5).reverse()])];
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}
