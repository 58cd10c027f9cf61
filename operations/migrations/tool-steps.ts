import type pg from "pg";
import type { Migration } from "../../stacks/lineage.ts";
import { markTaken } from "./kept.ts";

/** The image that last brought each migration, the latest first; also of migrations that have been taken back. */
export async function imagesOf(client: pg.ClientBase): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query<{ migration: string; image: string }>(
    "select migration, image from switchback.images order by at desc",
  );
  return new Map(rows.map(({ migration, image }) => [migration, image]));
}

/** Says, before it runs, which image brings these migrations: the way back needs it, whatever becomes of the run. */
export async function rememberImage(
  client: pg.ClientBase,
  migrations: readonly Migration[],
  image: string,
): Promise<void> {
  for (const { id } of migrations)
    await client.query(
      `insert into switchback.images values ($1, $2)
         on conflict (migration) do update set image = excluded.image, at = clock_timestamp()`,
      [id, image],
    );
}

/** Stores what a tool has moved, so that the head is known without it. @param image where none was remembered */
export async function recordSteps(
  client: pg.ClientBase,
  direction: "up" | "down" | "none",
  migrations: readonly Migration[],
  image: string,
): Promise<void> {
  for (const { id, name, hash, kind, down, loses, verify } of migrations) {
    if (direction === "down") {
      await client.query("delete from switchback.migrations where id = $1", [id]);
      await markTaken(client, id);
    } else
      await client.query(
        `insert into switchback.migrations (position, id, name, hash, kind, down, loses, up, verify, image)
           values ((select coalesce(max(position), 0) + 1 from switchback.migrations), $1, $2, $3, $4, $5, $6, '', $7,
             coalesce((select image from switchback.images where migration = $1), $8))`,
        [id, name, hash, kind, down, loses, verify, image],
      );
  }
}
