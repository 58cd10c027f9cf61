import { createHash } from "node:crypto";
import type { DatabasePlan, DatabaseRole } from "../../stacks/database-plan.ts";
import type { GenerationPlan } from "../../stacks/generations.ts";

/** What the `database` command is to reach: everything inside a generation that is not its data. A secret: it has verifiers. */
export interface DatabaseGoal {
  readonly stack: string;
  readonly generation: string;
  /** Container that runs the generation; its volume has the same name. */
  readonly container: string;
  readonly backupVolume: string;
  /** Name of the database. */
  readonly database: string;
  /** How many base points are kept beside the data; 0: none is taken. */
  readonly basePoints: number;
  readonly roles: Readonly<Record<"owner" | "migrator" | "app" | "blue" | "green", DatabaseRole>>;
}

/** The goal of a generation's database, as its plan says. */
export function databaseGoal(stack: string, plan: DatabasePlan, generation: GenerationPlan): DatabaseGoal {
  const { backupVolume, name, roles, config } = plan;
  const basePoints = config.backup.basePoints.keep;
  const { container } = generation;
  return { stack, generation: generation.name, container, backupVolume, database: name, basePoints, roles };
}

/** SHA-256, in hex, of what the operation is to reach. */
export const hashDatabaseGoal = (goal: DatabaseGoal): string => {
  const { stack, generation, container, backupVolume, database, roles } = goal;
  const listed = [roles.owner, roles.migrator, roles.app, roles.blue, roles.green];
  const parts = [
    stack,
    generation,
    container,
    backupVolume,
    database,
    listed.map(({ name, verifier }) => [name, verifier]),
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
};
