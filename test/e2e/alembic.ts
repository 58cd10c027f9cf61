import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packContext, readContext } from "../../scripts/setup/context.ts";
import { followed } from "../../scripts/setup/progress.ts";
import { recordImage } from "../../stacks/image-record.ts";
import { alembicImage } from "../operations/migrations/alembic.ts";
import { databaseStack } from "./database.ts";
import { docker, ordersWith, type TestStack } from "./stack.ts";

export const repository = "switchback-test/alembic-orders";

/** Releases in Python: the revisions that each image has, what it calls the price, and the revision it works with. */
const releases = {
  "3.0.0": { versions: ["a1", "b2"], column: "price", target: "b2" },
  "3.1.0": { versions: ["a1", "b2", "c3"], column: "cents", target: "c3" },
  "3.2.0": { versions: ["a1", "b2", "c3", "d4"], column: "cents", target: "c3" },
};
export type Release = keyof typeof releases;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the image of a release. It stays, labelled, because its packages take long to install. @returns its id */
export async function releaseImage(tag: Release): Promise<string> {
  const { versions, column } = releases[tag];
  const reference = `${repository}:${tag}`;
  const stream = await docker.buildImage(packContext(readContext(here("./alembic"))), {
    t: reference,
    buildargs: { BASE: await alembicImage(...versions), COLUMN: column },
    labels: { "switchback.test": "alembic" },
    rm: true,
    forcerm: true,
  });
  await followed(docker, stream);
  return (await docker.getImage(reference).inspect()).Id;
}

/** A stack whose releases are those, and whose schema Alembic moves. Nothing is up yet. */
export async function alembicStack(colors: Record<string, unknown>): Promise<TestStack> {
  const ids = new Map<string, string>();
  for (const tag of Object.keys(releases) as Release[]) ids.set(tag, await releaseImage(tag));
  const orders = ordersWith({ image: repository, database: true, webSockets: [], drainHook: undefined });
  const database = { name: "orders", secret: "database", memoryMb: 256, migrations: { folder: "revisions" } };
  const stack = await databaseStack(
    { colors, activeColor: "blue", services: { orders }, database },
    { copies: ["releases"] },
  );
  mkdirSync(join(stack.dir, "revisions"));
  cpSync(here("../operations/migrations/alembic/lineage.yaml"), join(stack.dir, "revisions/lineage.yaml"));
  for (const [tag, { target }] of Object.entries(releases)) {
    const schema = `schema: {target: ${target}, min: ${target}}`;
    writeFileSync(
      join(stack.dir, `releases/${tag}.yaml`),
      `services: {orders: {local: true}}\nreleaseSet: orders\n${schema}\n`,
    );
    recordImage(join(stack.dir, ".switchback/images.json"), `${repository}:${tag}`, ids.get(tag)!);
  }
  return stack;
}
