import type Docker from "dockerode";
import { connectDatabase } from "../database/connect.ts";
import { readRecord, writeRecord } from "../live/records.ts";

/** Ids and names of the images that a generation keeps, because they brought a migration whose way back it has. */
export async function readMigrationImages(docker: Docker, container: string): Promise<string[]> {
  const ask = async <T>(database: string, sql: string): Promise<T[]> => {
    const client = await connectDatabase(docker, { container, database, user: "postgres" });
    try {
      return (await client.query(sql)).rows as T[];
    } finally {
      await client.end();
    }
  };
  const databases = await ask<{ name: string }>(
    "postgres",
    "select datname as name from pg_database where datallowconn and not datistemplate",
  );
  const images: string[] = [];
  for (const { name } of databases) {
    const [row] = await ask<{ there: boolean }>(name, "select to_regclass('switchback.images') is not null as there");
    if (!row?.there) continue;
    const sql =
      "select image from switchback.images union select image from switchback.migrations where image is not null";
    images.push(...(await ask<{ image: string }>(name, sql)).map(({ image }) => image));
  }
  return images;
}

/** Writes down what a generation keeps before it is left: it stands still afterwards, and answers nobody. */
export async function recordMigrationImages(
  docker: Docker,
  stack: string,
  generation: string,
  container: string,
): Promise<void> {
  const images = await readMigrationImages(docker, container);
  await writeRecord(docker, stack, file(generation), `${JSON.stringify(images)}\n`);
}

/** What a generation kept when it was last left; undefined: nobody wrote it down. */
export async function recordedMigrationImages(
  docker: Docker,
  stack: string,
  generation: string,
): Promise<string[] | undefined> {
  const text = await readRecord(docker, stack, file(generation));
  return text === undefined ? undefined : (JSON.parse(text) as string[]);
}

const file = (generation: string) => `migration-images-${generation}.json`;
