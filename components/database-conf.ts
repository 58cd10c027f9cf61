import * as pulumi from "@pulumi/pulumi";
import type { DatabasePlan } from "../stacks/database-plan.ts";
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

/** The upload that says another repository than the backup volume; nothing when it is the volume. */
export const repositoryFile = ({ repository }: DatabasePlan) =>
  repository === undefined
    ? []
    : [
        {
          file: "/etc/pgbackrest/conf.d/repository.conf",
          content: pulumi.secret(repository),
          permissions: "0444",
        },
      ];
