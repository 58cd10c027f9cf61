import type { Release } from "../../stacks/release.ts";

/** One thing in which two releases differ; null: it is not there. */
export interface Difference {
  readonly what: string;
  readonly a: string | null;
  readonly b: string | null;
}

/** In what two releases differ: images, set, schema, smoke queries. */
export function diffReleases(a: Release, b: Release): Difference[] {
  const services = [...new Set([...Object.keys(a.services), ...Object.keys(b.services)])].sort();
  const rows: Difference[] = [
    ...services.map((name) => ({ what: `services.${name}`, a: image(a, name), b: image(b, name) })),
    { what: "releaseSet", a: a.releaseSet, b: b.releaseSet },
    { what: "schema.target", a: a.schema?.target ?? null, b: b.schema?.target ?? null },
    { what: "schema.min", a: a.schema?.min ?? null, b: b.schema?.min ?? null },
    { what: "smoke", a: a.smoke.join("; ") || null, b: b.smoke.join("; ") || null },
  ];
  return rows.filter((row) => row.a !== row.b);
}

function image({ services }: Release, name: string): string | null {
  const entry = services[name];
  if (!entry) return null;
  if ("digest" in entry) return entry.digest;
  return "release" in entry ? `as in ${entry.release}` : "built here";
}

/** As lines of a diff. */
export const renderDifferences = (rows: readonly Difference[]): string[] =>
  rows.flatMap(({ what, a, b }) => [
    ...(a === null ? [] : [`- ${what}: ${a}`]),
    ...(b === null ? [] : [`+ ${what}: ${b}`]),
  ]);
