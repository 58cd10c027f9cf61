import type pg from "pg";

/**
 * Runs one query within a time, with times as ISO in UTC. @returns undefined when it takes longer, or the WAL that it reads is not there;
 * nothing when there is none yet
 * @throws when anything else is wrong
 */
export async function limited(
  client: pg.Client,
  milliseconds: number,
  query: string,
  values: readonly unknown[],
): Promise<Record<string, unknown>[] | undefined> {
  await client.query("begin read only");
  try {
    // The planner takes what comes out of the WAL for few rows, and would look at all of them for each.
    const planner = { enable_nestloop: "off", jit: "off" };
    const settings = { ...planner, statement_timeout: milliseconds, timezone: "UTC", datestyle: "ISO" };
    for (const [name, value] of Object.entries(settings))
      await client.query("select set_config($1, $2, true)", [name, `${value}`]);
    return (await client.query(query, [...values])).rows;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === queryCanceled || code === undefinedFile) return undefined;
    // The position is after the last record.
    if (message.startsWith("could not find a valid record after")) return [];
    throw error;
  } finally {
    await client.query("rollback");
  }
}

const queryCanceled = "57014";
const undefinedFile = "58P01";
