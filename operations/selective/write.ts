import pg from "pg";
import { type Staged, sameKey, verdict } from "./stage.ts";

export interface Written {
  readonly inserted: number;
  readonly updated: number;
}

/**
 * Writes what was marked, in the session's transaction, as the table's owner: rows that came in the meantime stay as they are.
 * Sequences get past what is inserted.
 */
export async function writeTable(client: pg.Client, staged: Staged, changed: boolean): Promise<Written> {
  const { shape } = staged.plan;
  await client.query(`set local role ${pg.escapeIdentifier(shape.owner)}`);
  const inserted = (await client.query(insert(staged))).rowCount ?? 0;
  const values = staged.plan.columns.filter((name) => !shape.key.includes(name));
  const updated = changed && values.length > 0 ? ((await client.query(update(staged, values))).rowCount ?? 0) : 0;
  for (const { column, sequence } of shape.sequences) {
    if (staged.plan.columns.includes(column)) await client.query(advance(staged, column, sequence));
  }
  await client.query("reset role");
  return { inserted, updated };
}

function insert({ plan, stage }: Staged): string {
  const columns = list(plan.columns);
  return `
insert into ${plan.shape.relation} (${columns}) overriding system value
select ${columns} from ${stage} where ${verdict} = 'missing' on conflict (${list(plan.shape.key)}) do nothing`;
}

function update({ plan, stage }: Staged, values: readonly string[]): string {
  const set = values.map((name) => `${pg.escapeIdentifier(name)} = s.${pg.escapeIdentifier(name)}`).join(", ");
  return `update ${plan.shape.relation} t set ${set} from ${stage} s where s.${verdict} = 'changed' and ${sameKey(plan.shape.key)}`;
}

// A sequence is outside of transactions: what is past the highest is never taken back, which harms nobody.
const advance = ({ stage }: Staged, column: string, sequence: string): string => `
select setval(${pg.escapeLiteral(sequence)}, highest)
from (select max(${pg.escapeIdentifier(column)}) as highest from ${stage} where ${verdict} = 'missing') rows, ${sequence} now
where highest > now.last_value or (highest = now.last_value and not now.is_called)`;

const list = (columns: readonly string[]) => columns.map(pg.escapeIdentifier).join(", ");
