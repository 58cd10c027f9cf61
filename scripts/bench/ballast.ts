import type pg from "pg";

/** What a row takes on the disk, about. */
const rowBytes = 1024;
const changedRows = 20_000;

/** Bytes of a size such as `200MB` or `1GB`. @throws when it is none, or not from 10 MB to 20 GB */
export function parseSize(text: string): number {
  const [, number, unit] = /^(\d+)(MB|GB)$/i.exec(text) ?? [];
  const bytes = Number(number) * (unit?.toUpperCase() === "GB" ? 1e9 : 1e6);
  if (bytes >= 10e6 && bytes <= 20e9) return bytes;
  throw new Error(`expected --size from 10MB to 20GB, got ${text}`);
}

/** Fills a table that no release knows until it has about this size. */
export async function fill(client: pg.Client, bytes: number): Promise<void> {
  await client.query("create table if not exists ballast (n bigint primary key, text text not null)");
  // Random text, so that neither the backup nor the disk makes it smaller than it is.
  await client.query(
    `insert into ballast select n, (select string_agg(md5(random()::text || n || part), '') from generate_series(1, 30) part)
       from generate_series((select coalesce(max(n), 0) + 1 from ballast), $1::bigint) n`,
    [Math.floor(bytes / rowBytes)],
  );
  await client.query("checkpoint");
}

/** Writes what has to be replayed: changes and new rows, each in a transaction of its own. @returns rows that there are */
export async function writeSome(client: pg.Client): Promise<number> {
  await client.query("update ballast set text = reverse(text) where n % 50 = 0");
  for (let n = 1; n <= changedRows / 100; n++)
    await client.query("insert into ballast select -n, 'later' from generate_series($1::int, $1 + 99) n", [n * 100]);
  const { rows } = await client.query("select count(*)::int as rows from ballast");
  return rows[0].rows;
}
