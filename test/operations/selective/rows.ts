import { parseTables, type RowsGoal } from "../../../operations/selective/goal.ts";
import { type RowsResult, recoverRows } from "../../../operations/selective/operation.ts";
import { docker } from "../database/rig.ts";
import type { Rig } from "../recovery/rig.ts";

/** Brings rows back from a kept generation into the one that serves. */
export const recoverFrom = (
  from: string,
  rig: Rig,
  tables: string[],
  change: Partial<RowsGoal> = {},
): Promise<RowsResult> =>
  recoverRows({
    docker,
    goal: {
      ...{ stack: rig.stack, database: "app", from, tables: parseTables(tables), changed: false },
      ...{ triggers: "origin" as const, skipConflicts: false, write: true, ...change },
    },
    reason: "a test",
    actor: "test",
    journal: async (entry) => rig.journal.push(entry),
    log: () => {},
  });

/** Tables of every kind that rows are brought back into: keys, references, generated columns, triggers, a tree. */
export const made = `
create table customers (id serial primary key, email text not null unique, "Full name" text);
create table orders (id bigint generated always as identity primary key, customer int references customers, item text not null,
  doc json, label text generated always as (upper(item)) stored);
create table lines (order_id bigint references orders on delete cascade, n int, what text, primary key (order_id, n));
create table tree (id int primary key, parent int references tree);
create table plain (text text);
create table log (what text);
create function public.noted() returns trigger language plpgsql as
  $$ begin insert into log values (tg_op || ' ' || new.id || ' by ' || current_user); return new; end $$;
create trigger noted after insert or update on orders for each row execute function noted();
insert into customers (email, "Full name") select 'c' || n || '@x', 'C, "' || n || E'"\\n\\t\\\\' from generate_series(1, 20) n;
insert into orders (customer, item, doc) select 1 + n % 20, 'item ' || n, ('{"a" : ' || n || '}')::json from generate_series(1, 100) n;
insert into lines select id, n, 'line' from orders, generate_series(1, 2) n;
insert into tree select n, nullif(n / 2, 0) from generate_series(1, 15) n;
truncate log`;

/** Keeps what there is, for after the test. */
export const putAside = `create schema aside; create table aside.customers as table customers; create table aside.lines as table lines;
  create table aside.orders as select id, customer, item, doc from orders; create table aside.tree as table tree`;

/** What was written after the point. */
export const writtenSince = `set session_replication_role = replica;
  insert into orders (customer, item) select 1, 'new ' || n from generate_series(1, 5) n;
  update orders set item = 'better' where id = 40`;

/** The tables as they were before the test. */
export const putBack = `set session_replication_role = replica; truncate customers, orders, lines, tree, log restart identity;
  insert into customers table aside.customers; insert into tree table aside.tree; insert into lines table aside.lines;
  insert into orders (id, customer, item, doc) overriding system value table aside.orders; drop schema aside cascade;
  select setval('customers_id_seq', 20), setval('orders_id_seq', 100)`;

/** All of it, as one row. */
export const everything = `select (select json_agg(o order by id) from orders o) as o, (select json_agg(l order by order_id, n) from lines l) as l,
  (select json_agg(c order by id) from customers c) as c, (select json_agg(t order by id) from tree t) as t`;
