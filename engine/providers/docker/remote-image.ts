import type { ImageInspectInfo } from "dockerode";
import type { Props, ResourceProvider } from "../../provider.ts";
import { checkFields } from "../check.ts";
import { diffFields } from "../diff.ts";
import { bool, type Fields, map, object, set, text } from "../field.ts";
import { inputsOf, planned, refreshed, stateOf } from "../state.ts";
import { requestIfExists } from "./client.ts";
import { findImage, inspectImage } from "./image.ts";

const type = "docker:index/remoteImage:RemoteImage";
const meta = {
  __meta:
    '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000}}',
};

const fields: Fields = {
  build: object({ fields: {}, refused: true }),
  forceRemove: bool({ empty: null }),
  imageId: text({ output: true }),
  keepLocally: bool({ empty: null }),
  name: text({ replace: true, required: true }),
  platform: text({ replace: true, refused: true, empty: null }),
  pullTriggers: set({ replace: true, empty: null }),
  repoDigest: text({ output: true }),
  triggers: map({ replace: true }),
};

/** docker:index/remoteImage:RemoteImage: an image that is on the engine already, or is pulled. Building is not supported here. */
export const remoteImage: ResourceProvider = {
  package: "docker",
  type,
  wholeSecrets: true,
  check: (_, inputs) => checkFields(type, fields, inputs),
  diff: (_, __, oldOutputs, inputs) => ({
    detailed: diffFields(fields, oldOutputs, inputs),
    deleteBeforeReplace: false,
  }),

  async create(inputs, context) {
    const found = await findImage(String(inputs.name), context);
    const id = idOf(found, inputs);
    return { id, outputs: { ...stateOf(fields, inputs, readBack(found, inputs)), ...meta, id } };
  },

  async update(_, __, oldOutputs, inputs, context) {
    const found = await findImage(String(inputs.name), context);
    const state = planned(fields, oldOutputs, inputs);
    return { ...refreshed(fields, state, readBack(found, inputs)), ...meta, id: idOf(found, inputs) };
  },

  async read(_, inputs, outputs) {
    const found = await inspectImage(String(outputs.name ?? inputs.name));
    if (found === undefined) return undefined;
    const state = refreshed(fields, outputs, readBack(found, outputs));
    return { inputs: inputsOf(fields, inputs, state), outputs: { ...state, ...meta, id: idOf(found, outputs) } };
  },

  async delete(_, __, outputs) {
    if (outputs.keepLocally === true) return;
    const name = String(outputs.name);
    await requestIfExists("Unable to remove Docker image", (docker) =>
      docker.getImage(name).remove({ force: outputs.forceRemove === true }),
    );
  },
};

/** The real provider's id: image id and name run together. */
const idOf = (found: ImageInspectInfo, props: Props): string => `${found.Id}${String(props.name)}`;

function readBack(found: ImageInspectInfo, props: Props): Props {
  const repository = String(props.name)
    .replace(/@.*$/, "")
    .replace(/:[^:/]*$/, "");
  const digests = (found.RepoDigests ?? []).filter((digest) => digest.startsWith(`${repository}@`));
  return { imageId: found.Id, repoDigest: digests[0] ?? found.RepoDigests?.[0] ?? "" };
}
