import type { NetworkInspectInfo } from "dockerode";
import type { Props, ResourceProvider } from "../../provider.ts";
import { checkFields } from "../check.ts";
import { diffFields } from "../diff.ts";
import { bool, type Fields, labels, map, set, text } from "../field.ts";
import { inputsOf, refreshed, stateOf } from "../state.ts";
import { removeWhenFree, request, requestIfExists } from "./client.ts";
import { labelList, labelMap } from "./labels.ts";

const type = "docker:index/network:Network";
const meta = { __meta: '{"schema_version":"1"}' };

const fields: Fields = {
  attachable: bool({ replace: true }),
  driver: text({ replace: true, computed: true }),
  ingress: bool({ replace: true, refused: true }),
  internal: bool({ replace: true, computed: true }),
  ipamConfigs: set({
    replace: true,
    computed: true,
    fields: { auxAddress: map(), gateway: text(), ipRange: text(), subnet: text() },
  }),
  ipamDriver: text({ replace: true, default: "default" }),
  ipamOptions: map({ replace: true }),
  ipv6: bool({ replace: true }),
  labels: labels(),
  name: text({ replace: true, required: true }),
  options: map({ replace: true, computed: true, empty: {} }),
  scope: text({ output: true }),
};

/** docker:index/network:Network: every change replaces it. Creating a second network of the same name is refused by Docker. */
export const network: ResourceProvider = {
  package: "docker",
  type,
  wholeSecrets: true,
  check: (_, inputs) => checkFields(type, fields, inputs),
  diff: (_, __, oldOutputs, inputs) => ({
    detailed: diffFields(fields, oldOutputs, inputs),
    deleteBeforeReplace: true,
  }),

  async create(inputs) {
    const created = await request("Unable to create network", (docker) => docker.createNetwork(body(inputs)));
    const outputs = stateOf(fields, inputs, await inspect(created.id).then(readBack));
    return { id: created.id, outputs: { ...outputs, ...meta, id: created.id } };
  },

  update: async (_, __, oldOutputs) => oldOutputs,

  async read(id, inputs, outputs) {
    const found = await inspect(id);
    if (found === undefined) return undefined;
    const state = refreshed(fields, outputs, readBack(found));
    return { inputs: inputsOf(fields, inputs, state), outputs: { ...state, ...meta, id } };
  },

  async delete(id, _, __, context) {
    const remove = () => requestIfExists("Unable to remove network", (docker) => docker.getNetwork(id).remove());
    await removeWhenFree(/has active endpoints/, remove, context.signal);
  },
};

const inspect = (id: string): Promise<NetworkInspectInfo | undefined> =>
  requestIfExists("Unable to inspect network", (docker) => docker.getNetwork(id).inspect());

function body(inputs: Props) {
  const ipam = ((inputs.ipamConfigs ?? []) as readonly Props[]).map((config) => ({
    Subnet: config.subnet,
    Gateway: config.gateway,
    IPRange: config.ipRange,
    AuxiliaryAddresses: config.auxAddress,
  }));
  const options = {
    Name: inputs.name,
    CheckDuplicate: true,
    Driver: inputs.driver,
    Internal: inputs.internal,
    Attachable: inputs.attachable,
    EnableIPv6: inputs.ipv6,
    IPAM: { Driver: inputs.ipamDriver, Config: ipam, Options: inputs.ipamOptions },
    Options: inputs.options,
    Labels: labelMap(inputs.labels),
  };
  return options as unknown as Parameters<import("dockerode")["createNetwork"]>[0];
}

function readBack(found: NetworkInspectInfo | undefined): Props {
  if (found === undefined) return {};
  return {
    attachable: found.Attachable,
    driver: found.Driver,
    ingress: found.Ingress,
    internal: found.Internal,
    ipamConfigs: (found.IPAM?.Config ?? []).map((config) => ({
      auxAddress: (config as { AuxiliaryAddresses?: Record<string, string> }).AuxiliaryAddresses ?? {},
      gateway: config.Gateway ?? "",
      ipRange: (config as { IPRange?: string }).IPRange ?? "",
      subnet: config.Subnet ?? "",
    })),
    ipamDriver: found.IPAM?.Driver ?? "default",
    ipamOptions: found.IPAM?.Options ?? null,
    ipv6: found.EnableIPv6 ?? false,
    labels: labelList(found.Labels),
    name: found.Name,
    options: found.Options ?? {},
    scope: found.Scope,
  };
}
