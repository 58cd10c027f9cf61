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
  await dropExpired(admin);
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

async function dropExpired(admin: pg.ClientBase): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    "select rolname as name from pg_roles where rolname like $1 and rolvaliduntil < now()",
    [`${prefix.replaceAll("_", "\\_")}%`],
  );
  for (const { name } of rows) await admin.query(`drop role if exists ${pg.escapeIdentifier(name)}`);
}
