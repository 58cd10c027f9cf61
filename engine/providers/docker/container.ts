import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import type { ContainerInspectInfo } from "dockerode";
import { InitError, type OperationContext, type Props, type ResourceProvider } from "../../provider.ts";
import { checkFields } from "../check.ts";
import { diffFields } from "../diff.ts";
import { inputsOf, planned, refreshed, stateOf } from "../state.ts";
import { request, requestIfExists, statusOf } from "./client.ts";
import { containerFields as fields } from "./container-fields.ts";
import { neverRead, partialState } from "./container-partial.ts";
import { createRequest, updateRequest } from "./container-request.ts";
import { readBack } from "./container-state.ts";
import { findImage } from "./image.ts";
import { withKnownPorts } from "./ports.ts";
import { copyUploads } from "./uploads.ts";

const type = "docker:index/container:Container";
const meta = {
  __meta:
    '{"e2bfb730-ecaa-11e6-8f88-34363bc7c4c0":{"create":1200000000000,"delete":1200000000000,"update":1200000000000},"schema_version":"2"}',
};
/** Inputs that Docker can change in a container that exists. */
const updatable = ["restart", "maxRetryCount", "cpuShares", "memory", "memoryReservation", "cpuSet", "memorySwap"];

/** docker:index/container:Container. A replacement deletes the old one first: a name and a port exist once. */
export const container: ResourceProvider = {
  package: "docker",
  type,
  wholeSecrets: true,
  check: (_, inputs) => checkFields(type, fields, inputs),
  diff: (_, __, oldOutputs, inputs) => ({
    detailed: {
      ...diffFields(fields, oldOutputs, withKnownPorts(inputs, oldOutputs)),
      ...neverRead(oldOutputs, inputs),
    },
    deleteBeforeReplace: true,
  }),

  async create(inputs, context) {
    await findImage(String(inputs.image), context);
    const made = await request("Unable to create container", (docker) => docker.createContainer(createRequest(inputs)));
    try {
      await prepare(made, inputs);
      if (inputs.start === true) await start(made);
      if (inputs.start === true && inputs.wait === true) await healthy(made, Number(inputs.waitTimeout), context);
    } catch (error) {
      const outputs = { ...partialState(inputs), ...meta, id: made.id };
      throw new InitError(made.id, outputs, [error instanceof Error ? error.message : String(error)]);
    }
    const found = await inspect(made.id);
    if (found === undefined)
      throw new Error(
        `expected container ${String(inputs.name)} after its creation, got none: something else removed it`,
      );
    return { id: made.id, outputs: { ...stateOf(fields, inputs, readBack(found, inputs)), ...meta, id: made.id } };
  },

  async update(id, _, oldOutputs, inputs) {
    const changed = diffFields(fields, oldOutputs, withKnownPorts(inputs, oldOutputs));
    if (oldOutputs.mustRun === false && inputs.mustRun === true && inputs.start === true) {
      await request("Unable to start container", (docker) => docker.getContainer(id).start().catch(unlessUnchanged));
    }
    if (updatable.some((property) => property in changed)) {
      await request("Unable to update a container", (docker) => docker.getContainer(id).update(updateRequest(inputs)));
    }
    return { ...planned(fields, oldOutputs, withKnownPorts(inputs, oldOutputs)), ...meta, id };
  },

  async read(id, inputs, outputs) {
    const found = await inspect(id);
    if (found === undefined) return undefined;
    const state = refreshed(fields, outputs, readBack(found, outputs));
    const known = withKnownPorts(inputs, state);
    const now = inputsOf(fields, known, state);
    const ports = now.ports === known.ports ? pick(inputs, "ports") : pick(now, "ports");
    return { inputs: { ...now, ...ports }, outputs: { ...state, ...meta, id } };
  },

  async delete(id, _, outputs) {
    const grace = Number(outputs.destroyGraceSeconds ?? 0);
    const what = `container ${String(outputs.name)}`;
    await requestIfExists(`Error stopping ${what}`, (docker) =>
      docker.getContainer(id).stop({ t: grace }).catch(unlessUnchanged),
    );
    const removed = { force: true, v: outputs.removeVolumes !== false };
    await requestIfExists(`Error deleting ${what}`, (docker) =>
      docker
        .getContainer(id)
        .remove(removed)
        .catch((error) => {
          if (!/is already in progress/.test(String(error))) throw error;
        }),
    );
    await requestIfExists(`Error waiting for the removal of ${what}`, (docker) => docker.getContainer(id).wait());
  },
};

const inspect = (id: string): Promise<ContainerInspectInfo | undefined> =>
  requestIfExists("Unable to inspect container", (docker) => docker.getContainer(id).inspect());

const pick = (props: Props, key: string): Props => (key in props ? { [key]: props[key]! } : {});

/** Docker answers 304 when the container already is what was asked for. */
function unlessUnchanged(error: unknown): void {
  if (statusOf(error) !== 304) throw error;
}

const start = (made: Docker.Container) => request("Unable to start container", () => made.start());

/** Networks and files, while the container is created but not running. A listed network takes the place of Docker's bridge. */
async function prepare(made: Docker.Container, inputs: Props): Promise<void> {
  const networks = (inputs.networksAdvanced ?? []) as readonly Props[];
  if (networks.length > 0) {
    await request("Unable to disconnect the default network", (docker) =>
      docker
        .getNetwork("bridge")
        .disconnect({ Container: made.id })
        .catch((error) => {
          if (!/is not connected to/.test(String(error))) throw error;
        }),
    );
  }
  for (const network of networks) {
    const settings = {
      Aliases: network.aliases as string[] | undefined,
      MacAddress: network.macAddress as string | undefined,
      IPAMConfig: { IPv4Address: network.ipv4Address as string, IPv6Address: network.ipv6Address as string },
    };
    await request(`Unable to connect to network '${String(network.name)}'`, (docker) =>
      docker.getNetwork(String(network.name)).connect({ Container: made.id, EndpointConfig: settings }),
    );
  }
  const uploads = (inputs.uploads ?? []) as readonly Props[];
  await request("Unable to upload volume content", () => copyUploads(made, uploads));
}

/** Waits for the container's own health check, once a second, as the real provider does; "unhealthy" is not the end of the wait. */
async function healthy(made: Docker.Container, seconds: number, context: OperationContext): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const health = (await inspect(made.id))?.State.Health;
    if (health === undefined)
      throw new Error("expected a health check to `wait` for, got none: add `healthcheck`, or leave `wait` out");
    if (health.Status === "healthy") return;
    if (Date.now() >= end) throw new Error("container failed to be in healthy state");
    context.log("info", `waiting for the health check (${health.Status})`, true);
    await sleep(Math.min(1000, Math.max(end - Date.now(), 1)), undefined, { signal: context.signal });
  }
}
