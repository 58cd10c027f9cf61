import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { query } from "../e2e/database.ts";
import { ask, type TestStack } from "../e2e/stack.ts";

/** Places an order through the router, and waits until one is taken. */
export async function order(stack: TestStack, id: string): Promise<void> {
  const body = JSON.stringify({ id, item: "tea", price: 2, currency: "EUR" });
  const status = async () => (await ask(`${stack.url}/orders`, { method: "POST", body })).status;
  await expect.poll(() => status().catch((error: Error) => error.message), { timeout: 60_000 }).toBe(201);
}

/** Ids of the orders in the generation that serves, or in the one named. */
export const orders = async (stack: TestStack, generation?: string): Promise<unknown[]> =>
  (await query(stack, "select id from orders order by id", generation)).map(({ id }) => id);

/** A moment with nothing written shortly before or after it. RFC 3339. */
export async function moment(): Promise<string> {
  await sleep(1500);
  const now = new Date().toISOString();
  await sleep(1500);
  return now;
}

/** Hands everything that was written to the archive. */
export async function archive(stack: TestStack): Promise<void> {
  await query(stack, "select pg_switch_wal()");
  const waiting = "select count(*) from pg_ls_archive_statusdir() where name like '%.ready'";
  await expect.poll(async () => String((await query(stack, waiting))[0]?.count), { timeout: 60_000 }).toBe("0");
}
