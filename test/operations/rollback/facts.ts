import { firstCatalogue } from "../../../operations/generations/format.ts";
import type { RollbackFacts } from "../../../operations/rollback/facts.ts";
import type { Migration } from "../../../stacks/lineage.ts";
import { acceptedBy } from "../../../stacks/lineage.ts";
import { loadStack } from "../../../stacks/load.ts";
import { rawConfig } from "../../stacks/fixtures.ts";

const migration = (id: string, kind: Migration["kind"], down: Migration["down"], loses: string[] = []): Migration => ({
  ...{ id, name: `000${id}_x`, kind, down, loses, hash: "", up: "", downSql: "", verify: null },
});

export const lineage = {
  migrations: [
    migration("1", "expand", "reversible"),
    migration("2", "expand", "reversible"),
    migration("3", "contract", "lossy", ["orders.discount"]),
    migration("4", "contract", "irreversible"),
  ],
};

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 21, 12, minutes)).toISOString();

/** Green 3.0.0 serves on schema 3; blue 2.0.0 does not accept that. 1.0.0 and 2.0.0 served before. */
export function facts(changes: Partial<RollbackFacts> = {}, config: Record<string, unknown> = {}): RollbackFacts {
  const loaded = loadStack(
    rawConfig({
      colors: { blue: { imageTag: "2.0.0" }, green: { imageTag: "3.0.0" } },
      ...config,
    }),
  );
  if (!loaded.config) throw new Error(loaded.errors.join("\n"));
  const release = (target: string, min = target) => ({ accepts: acceptedBy(lineage, { target, min }), problems: [] });
  const releases = new Map([
    ["1.0.0", release("1")],
    ["2.0.0", release("2", "1")],
    ["3.0.0", release("3")],
    ["3.1.0", release("3")],
    ["4.0.0", release("4")],
  ]);
  return {
    stack: "test",
    now: at(30),
    config: loaded.config,
    serving: { color: "green", release: "3.0.0", mode: "serve" },
    colors: {
      blue: { release: "2.0.0", containers: 1, running: 1 },
      green: { release: "3.0.0", containers: 1, running: 1 },
    },
    head: "3",
    lineage,
    releases,
    served: [
      { color: "green", release: "1.0.0", at: at(0) },
      { color: "blue", release: "2.0.0", at: at(10) },
      { color: "green", release: "3.0.0", at: at(20) },
    ],
    points: [],
    golden: [],
    recovery: {
      catalogue: firstCatalogue(at(0)),
      points: { value: [] },
      dumps: { value: [] },
      stanzas: { value: new Map() },
      server: { unknown: "not asked" },
      moves: { value: [] },
      head: "3",
      now: at(30),
    },
    unknown: [],
    ...changes,
  };
}
