import pg from "pg";
import type { DatabaseGoal } from "./goal.ts";
import { allowWrites } from "./writes.ts";

/** Makes the roles as the goal says; passwords are compared by their verifiers and written only when they differ. */
export async function setUpRoles(client: pg.Client, { roles, database }: DatabaseGoal): Promise<void> {
  // A failed statement is logged with its text, and these have verifiers.
  await client.query("set log_min_error_statement = 'panic'");
  for (const { name, verifier } of Object.values(roles)) {
    const { rows } = await client.query("select rolpassword from pg_authid where rolname = $1", [name]);
    if (rows.length === 0) await client.query(`create role ${quoted(name)}`);
    const login = verifier === undefined ? "nologin" : "login";
    await client.query(
      `alter role ${quoted(name)} ${login} nosuperuser nocreatedb nocreaterole noreplication nobypassrls`,
    );
    if ((rows[0]?.rolpassword ?? undefined) === verifier) continue;
    await client.query(`alter role ${quoted(name)} password ${verifier ? pg.escapeLiteral(verifier) : "null"}`);
  }
  const [owner, migrator, app, blue, green] = names(roles);
  await client.query(`grant ${owner} to ${migrator}`);
  await client.query(`grant ${app} to ${blue}, ${green}`);
  // They end what blocks a migration, and have to see what that is; the migrator acts as the owner.
  await client.query(`grant pg_signal_backend, pg_read_all_stats to ${owner}, ${migrator}`);
  await allowWrites(client, database);
}

/** Makes the database and the role that owns it, when it is not there: everything else has its marker in it. */
export async function createDatabase(client: pg.Client, { database, roles }: DatabaseGoal): Promise<void> {
  const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [database]);
  if (rowCount === 1) return;
  const owner = await client.query("select 1 from pg_roles where rolname = $1", [roles.owner.name]);
  if (owner.rowCount === 0) await client.query(`create role ${quoted(roles.owner.name)}`);
  await client.query(`create database ${quoted(database)} owner ${quoted(roles.owner.name)}`);
}

/** Makes what the database has besides the application's own schema. One transaction; run twice it changes nothing. */
export async function setUpDatabase(client: pg.Client, { database, roles }: DatabaseGoal): Promise<void> {
  const [owner, migrator, app] = names(roles);
  const statements = [
    "begin",
    // By it, what this transaction writes is known as ours in the WAL.
    `do $$ begin if to_regclass('switchback.database_marker') is not null then
       update switchback.database_marker set epoch = epoch; end if; end $$`,
    "create extension if not exists amcheck",
    "create extension if not exists pg_walinspect",
    `alter database ${quoted(database)} owner to ${owner}`,
    `revoke all on database ${quoted(database)} from public`,
    `grant connect, temporary on database ${quoted(database)} to ${app}, ${migrator}`,
    `alter schema public owner to ${owner}`,
    "revoke all on schema public from public",
    `grant usage on schema public to ${app}`,
    `grant select, insert, update, delete on all tables in schema public to ${app}`,
    `grant usage, select on all sequences in schema public to ${app}`,
    // Of every schema that the owner makes: without USAGE on it, as on ours, these give nothing.
    `alter default privileges for role ${owner} grant select, insert, update, delete on tables to ${app}`,
    `alter default privileges for role ${owner} grant usage, select on sequences to ${app}`,
    `alter role ${migrator} in database ${quoted(database)} set role = ${pg.escapeLiteral(roles.owner.name)}`,
    `alter schema switchback owner to ${owner}`,
    `create table if not exists switchback.heartbeat
       (one boolean primary key default true check (one), seq bigint not null, at timestamptz not null)`,
    "insert into switchback.heartbeat values (true, 0, clock_timestamp()) on conflict do nothing",
    "commit",
  ];
  for (const statement of statements) await client.query(statement);
}

const names = (roles: DatabaseGoal["roles"]): [string, string, string, string, string] => [
  quoted(roles.owner.name),
  quoted(roles.migrator.name),
  quoted(roles.app.name),
  quoted(roles.blue.name),
  quoted(roles.green.name),
];

const quoted = (name: string) => pg.escapeIdentifier(name);
