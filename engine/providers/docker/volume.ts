import type { VolumeInspectInfo } from "dockerode";
import type { Props, ResourceProvider } from "../../provider.ts";
import { checkFields } from "../check.ts";
import { diffFields } from "../diff.ts";
import { type Fields, labels, map, object, text } from "../field.ts";
import { inputsOf, refreshed, stateOf } from "../state.ts";
import { removeWhenFree, request, requestIfExists } from "./client.ts";
import { labelList, labelMap } from "./labels.ts";

const type = "docker:index/volume:Volume";
const meta = { __meta: '{"schema_version":"1"}' };

const fields: Fields = {
  cluster: object({ fields: {}, refused: true }),
  driver: text({ replace: true, computed: true }),
  driverOpts: map({ replace: true }),
  labels: labels(),
  mountpoint: text({ output: true }),
  name: text({ replace: true, required: true }),
};

/** docker:index/volume:Volume: every change replaces it, which loses what it holds: protect volumes that matter. */
export const volume: ResourceProvider = {
  package: "docker",
  type,
  wholeSecrets: true,
  check: (_, inputs) => checkFields(type, fields, inputs),
  diff: (_, __, oldOutputs, inputs) => ({
    detailed: diffFields(fields, oldOutputs, inputs),
    deleteBeforeReplace: true,
  }),

  async create(inputs) {
    const id = String(inputs.name);
    const options = {
      Name: id,
      Driver: inputs.driver as string | undefined,
      DriverOpts: inputs.driverOpts as Record<string, string> | undefined,
      Labels: labelMap(inputs.labels),
    };
    await request("Unable to create volume", (docker) => docker.createVolume(options));
    const outputs = stateOf(fields, inputs, readBack(await inspect(id)));
    return { id, outputs: { ...outputs, ...meta, id } };
  },

  update: async (_, __, oldOutputs) => oldOutputs,

  async read(id, inputs, outputs) {
    const found = await inspect(id);
    if (found === undefined) return undefined;
    const state = refreshed(fields, outputs, readBack(found));
    return { inputs: inputsOf(fields, inputs, state), outputs: { ...state, ...meta, id } };
  },

  async delete(id, _, __, context) {
    const remove = () =>
      requestIfExists("Unable to remove volume", (docker) => docker.getVolume(id).remove({ force: true }));
    await removeWhenFree(/volume is in use/, remove, context.signal);
  },
};

const inspect = (id: string): Promise<VolumeInspectInfo | undefined> =>
  requestIfExists("Unable to inspect volume", (docker) => docker.getVolume(id).inspect());

function readBack(found: VolumeInspectInfo | undefined): Props {
  if (found === undefined) return {};
  return {
    driver: found.Driver,
    driverOpts: found.Options ?? null,
    labels: labelList(found.Labels),
    mountpoint: found.Mountpoint,
    name: found.Name,
  };
}
