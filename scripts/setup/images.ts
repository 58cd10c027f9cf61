import path from "node:path";
import type Docker from "dockerode";
import { connect } from "../../operations/live/docker.ts";
import { readImageRecord, recordImage } from "../../stacks/image-record.ts";
import { repository } from "../project.ts";
import { shortId } from "./base-image.ts";
import { type ContextFile, hashContext, packContext, readContext } from "./context.ts";
import { followed } from "./progress.ts";
import { SetupError, type Step } from "./step.ts";

export interface ProjectImage {
  readonly reference: string;
  /** Folder of the build context. */
  readonly folder: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

export const sourceLabel = "switchback.source";

const images = path.join(repository, "images");
const orders = (release: string): ProjectImage => ({
  reference: `switchback/orders:${release}`,
  folder: path.join(images, "orders"),
  buildArgs: { RELEASE: release },
});
const part = (name: string): ProjectImage => ({
  reference: `switchback/${name}:1`,
  folder: path.join(images, name),
  buildArgs: {},
});

/** One step for each image that is built here. */
export const projectImages: readonly Step[] = [
  ...["router", "database", "pooler", "cache"].map(part),
  ...["1.0.0", "1.1.0", "2.0.0", "2.1.0"].map(orders),
].map((image) => imageStep(image, path.join(repository, ".switchback", "images.json")));

/** Builds an image unless one from the same source is there, and records its id in `recordFile`. */
export function imageStep(image: ProjectImage, recordFile: string): Step {
  const { reference } = image;
  const files = readContext(image.folder);
  const source = hashContext(files, image.buildArgs);
  const compare = async () =>
    judge({ found: await present(connect(), reference), source, recorded: readImageRecord(recordFile)[reference] });
  return {
    name: `image ${reference}`,
    plan: "build what is missing and record its id",
    check: async () => {
      const { action, detail } = await compare();
      return { done: action === "none", detail };
    },
    run: async (say) => {
      const { action } = await compare();
      if (action === "build") await build(connect(), image, files, source, say);
      const built = await present(connect(), reference);
      if (!built) throw new SetupError(`expected the engine to have ${reference} after building it, got none`);
      recordImage(recordFile, reference, built.id);
    },
  };
}

export interface Present {
  readonly id: string;
  /** Value of the label `switchback.source`, if it has one. */
  readonly source: string | undefined;
}

/** What has to happen to an image, and why. An image swapped under its tag is built again, never just recorded. */
export function judge(args: {
  readonly found: Present | undefined;
  readonly source: string;
  readonly recorded: string | undefined;
}): { action: "none" | "record" | "build"; detail: string } {
  const { found, source, recorded } = args;
  if (!found) return { action: "build", detail: "not there" };
  if (found.source !== source)
    return { action: "build", detail: "its source changed; it gets a new id under the old tag" };
  if (!recorded) return { action: "record", detail: "there, and not recorded yet" };
  if (recorded !== found.id) {
    return { action: "build", detail: `recorded as ${shortId(recorded)}, but the tag is now ${shortId(found.id)}` };
  }
  return { action: "none", detail: shortId(found.id) };
}

async function present(docker: Docker, reference: string): Promise<Present | undefined> {
  try {
    const { Id, Config } = await docker.getImage(reference).inspect();
    return { id: Id, source: Config.Labels?.[sourceLabel] };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

async function build(
  docker: Docker,
  { reference, buildArgs }: ProjectImage,
  files: readonly ContextFile[],
  source: string,
  say: (line: string) => void,
): Promise<void> {
  const options = {
    t: reference,
    buildargs: { ...buildArgs },
    labels: { [sourceLabel]: source },
    rm: true,
    forcerm: true,
  };
  const stream = await docker.buildImage(packContext(files), options);
  const last: string[] = [];
  const onLine = (line: string) => {
    last.push(line);
    if (last.length > 8) last.shift();
    if (line.startsWith("Step ")) say(line.length > 100 ? `${line.slice(0, 99)}…` : line);
  };
  try {
    await followed(docker, stream, onLine);
  } catch (error) {
    throw new SetupError(`expected to build ${reference}, got: ${(error as Error).message}\n${last.join("\n")}`);
  }
}
