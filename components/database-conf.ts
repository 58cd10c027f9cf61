import type { DatabaseConfig } from "../stacks/schema-database.ts";

/** Connections besides the pooler's: operations, backups, and what an administrator needs. */
const reservedConnections = 30;

/** The stack's own part of postgresql.conf: what its size asks for, then the parameters of its config. */
export function renderParameters({ memoryMb, parameters, pooler }: DatabaseConfig): string {
  const entries = pooler.session ? 4 : 2;
  const derived = {
    shared_buffers: `${Math.max(32, Math.floor(memoryMb / 4))}MB`,
    max_connections: `${Math.max(100, entries * pooler.poolSize + reservedConnections)}`,
  };
  const lines = Object.entries({ ...derived, ...parameters }).map(
    ([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`,
  );
  return `${lines.join("\n")}\n`;
}
