import { fileURLToPath } from "node:url";
import { packContext, readContext } from "../../../scripts/setup/context.ts";
import { followed } from "../../../scripts/setup/progress.ts";
import { readToolLineage } from "../../../stacks/lineage/yaml.ts";
import type { Lineage } from "../../../stacks/lineage.ts";
import { docker } from "../database/rig.ts";

const folder = fileURLToPath(new URL("./alembic", import.meta.url));

/**
 * Builds an image that has these revisions. The images stay, labelled, because their packages take long to install.
 * @returns its reference
 */
export async function alembicImage(...versions: string[]): Promise<string> {
  const reference = `switchback-test/alembic:${versions.join("-")}`;
  const stream = await docker.buildImage(packContext(readContext(folder)), {
    t: reference,
    buildargs: { VERSIONS: versions.join(" ") },
    labels: { "switchback.test": "alembic" },
    rm: true,
    forcerm: true,
  });
  await followed(docker, stream);
  return reference;
}

/** The lineage beside the revisions. */
export function alembicLineage(): Lineage {
  const errors: string[] = [];
  const lineage = readToolLineage(folder, errors);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  return lineage;
}
