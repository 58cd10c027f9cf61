import { randomBytes } from "node:crypto";
import pg from "pg";
import { rolePassword, scramVerifier } from "../../stacks/passwords.ts";

export interface ToolRole {
  readonly name: string;
  readonly password: string;
  drop(): Promise<void>;
}

const prefix = "switchback_tool_";

/**
 * A role with the rights of the owner that a tool logs in with, for one run: its password is nowhere but in that run, and
 * ends by itself after an hour should this process die.
 * @param admin a superuser's connection
 */
export async function createToolRole(admin: pg.ClientBase, database: string, owner: string): Promise<ToolRole> {
  await dropLeft(admin);
  const name = `${prefix}${randomBytes(6).toString("hex")}`;
  const secret = randomBytes(24).toString("base64url");
  const [role, group] = [pg.escapeIdentifier(name), pg.escapeIdentifier(owner)];
  // A failed statement is logged with its text, and this one has a verifier.
  await admin.query("set log_min_error_statement = 'panic'");
  await admin.query(
    `create role ${role} login in role ${group} password ${pg.escapeLiteral(scramVerifier(secret, database, name))}
       valid until '${new Date(Date.now() + 3_600_000).toISOString()}'`,
  );
  await admin.query(
    `alter role ${role} in database ${pg.escapeIdentifier(database)} set role = ${pg.escapeLiteral(owner)}`,
  );
  return {
    name,
    password: rolePassword(secret, database, name),
    drop: async () => void (await admin.query(`drop role if exists ${role}`)),
  };
}

/** Ends what an operation that died left: its sessions, of which PostgreSQL undoes the open transactions, and its role. */
async function dropLeft(admin: pg.ClientBase): Promise<void> {
  const like = `${prefix.replaceAll("_", "\\_")}%`;
  await admin.query("select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename like $1", [like]);
  const { rows } = await admin.query<{ name: string }>("select rolname as name from pg_roles where rolname like $1", [
    like,
  ]);
  for (const { name } of rows) await admin.query(`drop role if exists ${pg.escapeIdentifier(name)}`);
}
