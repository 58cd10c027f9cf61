import { fileURLToPath } from "node:url";
import { packContext, readContext } from "../../scripts/setup/context.ts";
import { followed } from "../../scripts/setup/progress.ts";
import { docker } from "./stack.ts";

export const prometheus = "switchback-test/prometheus:1";

/** Builds an image with Debian's Prometheus. It stays, labelled, because its packages take long to install. @returns its id */
export async function prometheusImage(): Promise<string> {
  const context = packContext(readContext(fileURLToPath(new URL("./prometheus", import.meta.url))));
  const labels = { "switchback.test": "prometheus" };
  await followed(docker, await docker.buildImage(context, { t: prometheus, labels, rm: true, forcerm: true }));
  return (await docker.getImage(prometheus).inspect()).Id;
}
