import pg from "pg";
import type { TablePlan } from "./plan.ts";
import type { Reference, Unique } from "./shape.ts";
import { type Staged, sameKey, verdict, why } from "./stage.ts";

/** Marks the rows of which another row, with another key, has what only one may have. */
export async function markTaken(client: pg.Client, { plan, stage }: Staged, writes: readonly string[]): Promise<void> {
  await client.query(`set local role ${pg.escapeIdentifier(plan.shape.owner)}`);
  for (const unique of plan.shape.uniques) await client.query(taken(plan, stage, unique), [writes]);
  await client.query("reset role");
}

function taken({ shape }: TablePlan, stage: string, unique: Unique): string {
  const key = shape.key.map(pg.escapeIdentifier).join(", ");
  const values = unique.expressions.map((text, index) => `(${text}) as "switchback ${index}"`).join(", ");
  const same = unique.expressions
    .map(
      (_, index) =>
        `t."switchback ${index}" ${unique.nullsEqual ? "is not distinct from" : "="} s."switchback ${index}"`,
    )
    .join(" and ");
  const where = unique.predicate === null ? "" : ` where ${unique.predicate}`;
  const side = (relation: string) => `(select ${key}, ${values} from ${relation}${where})`;
  return `
update ${stage} set ${verdict} = 'conflict', ${why} = ${pg.escapeLiteral(`unique ${unique.name}`)}
where ${verdict} = any($1) and (${key}) in (
  select ${shape.key.map((name) => `s.${pg.escapeIdentifier(name)}`).join(", ")} from ${side(stage)} s
  where exists (select from ${side(shape.relation)} t where ${same} and not (${sameKey(shape.key)})))`;
}

/**
 * Marks the rows that refer to one that is neither there nor being written; again and again, because each of them may be
 * what another one refers to.
 */
export async function markOrphans(client: pg.Client, all: readonly Staged[], writes: readonly string[]): Promise<void> {
  for (;;) {
    let marked = 0;
    for (const staged of all) {
      for (const text of orphans(staged, all)) marked += (await client.query(text, [writes])).rowCount ?? 0;
    }
    if (marked === 0) return;
  }
}

function orphans({ plan, stage }: Staged, all: readonly Staged[]): string[] {
  return plan.shape.references.map((reference) => {
    const same = sameParent(reference);
    const given = reference.columns.map((column) => `s.${pg.escapeIdentifier(column)} is not null`).join(" and ");
    const parents = all.filter((other) => other.plan.shape.table === reference.table);
    const beside = parents.map(
      (parent) => ` and not exists (select from ${parent.stage} p where ${same} and p.${verdict} = any($1))`,
    );
    return `
update ${stage} s set ${verdict} = 'conflict', ${why} = ${pg.escapeLiteral(`foreign key ${reference.name}`)}
where s.${verdict} = any($1) and ${given}
  and not exists (select from ${reference.relation} p where ${same})${beside.join("")}`;
  });
}

const sameParent = ({ columns, keys }: Reference): string =>
  keys.map((key, at) => `p.${pg.escapeIdentifier(key)} = s.${pg.escapeIdentifier(columns[at]!)}`).join(" and ");

/** Keeps what rows refer to until the transaction ends: what foreign keys do by themselves where triggers run. */
export async function lockParents(
  client: pg.Client,
  { plan, stage }: Staged,
  writes: readonly string[],
): Promise<void> {
  for (const reference of plan.shape.references) {
    const match = `select from ${stage} s where s.${verdict} = any($1) and ${sameParent(reference)}`;
    await client.query(`select from ${reference.relation} p where exists (${match}) for key share`, [writes]);
  }
}
