import { connectDatabase } from "../../operations/database/connect.ts";
import { servingIn } from "../../scripts/recoveries.ts";
import { docker, ordersWith, type TestStack, testStack } from "./stack.ts";

/** A stack with a database: blue 1.1.0 and green 2.0.0, which both accept the schema 3. Nothing is up yet. */
export const databaseStack = (
  changes: Readonly<Record<string, unknown>> = {},
  project: Parameters<typeof testStack>[1] = {},
): Promise<TestStack> =>
  testStack(
    {
      colors: { blue: { imageTag: "1.1.0" }, green: { imageTag: "2.0.0" } },
      services: { orders: ordersWith({ database: true }) },
      database: { name: "orders", secret: "database", memoryMb: 256 },
      secrets: { database: "canary-of-the-database" },
      ...changes,
    },
    project,
  );

export { servingIn as serving };

/** Rows of a query, asked as superuser past the pooler, of the generation that serves or of the one named. */
export async function query(stack: TestStack, sql: string, generation?: string): Promise<Record<string, unknown>[]> {
  const container = stack.container(`database-${generation ?? (await servingIn(stack))}`);
  const at = { container, database: "orders", user: "postgres" };
  const client = await connectDatabase(docker, at);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The head of the live schema. */
export const head = async (stack: TestStack): Promise<string> => {
  const [row] = await query(stack, "select id from switchback.migrations order by position desc limit 1");
  return String(row?.id ?? "");
};
