import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { emptyMessage, struct } from "../../engine/protobuf.ts";
import type { DiffKind, Props } from "../../engine/provider.ts";

/** A real provider plugin, driven without an engine. Values are plain: no secrets, no unknowns. */
export interface Plugin {
  check(urn: string, inputs: Props): Promise<Props>;
  create(urn: string, inputs: Props): Promise<{ id: string; outputs: Props }>;
  read(urn: string, id: string, inputs: Props, outputs: Props): Promise<{ inputs: Props; outputs: Props }>;
  /** What the plugin would do, and which top-level properties differ. */
  diff(urn: string, id: string, oldInputs: Props, outputs: Props, inputs: Props): Promise<Verdict>;
  delete(urn: string, id: string, inputs: Props, outputs: Props): Promise<void>;
  stop(): void;
}

export interface Verdict {
  readonly kind: "same" | "update" | "replace";
  readonly properties: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** The verdict in a detailed diff of ours, to be compared with a plugin's. */
export function verdictOf(detailed: Readonly<Record<string, DiffKind>>, deleteBeforeReplace: boolean): Verdict {
  const kinds = Object.values(detailed);
  const kind = kinds.some((one) => one.endsWith("replace")) ? "replace" : kinds.length > 0 ? "update" : "same";
  const properties = [...new Set(Object.keys(detailed).map((path) => path.split(/[.[]/)[0]!))].sort();
  return { kind, properties, deleteBeforeReplace: kind === "replace" && deleteBeforeReplace };
}

/** The installed plugin's executable, or undefined. */
export function findPlugin(name: string, version: string): string | undefined {
  const home = process.env.PULUMI_HOME || join(homedir(), ".pulumi");
  const file = join(home, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
  return existsSync(file) ? file : undefined;
}

export async function startPlugin(file: string): Promise<Plugin> {
  const engine = await serveEngine();
  const child = spawn(file, [engine.address], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve) =>
    child.stdout.once("data", (data) => resolve(String(data).trim())),
  );
  const client = new providerService.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const call = callerOf(client);
  await call("configure", fill(new messages.ConfigureRequest(), { args: {} }));
  return {
    check: async (urn, news) =>
      plain((await call("check", fill(new messages.CheckRequest(), { urn, olds: {}, news }))).getInputs()),
    async create(urn, properties) {
      const made = await call("create", fill(new messages.CreateRequest(), { urn, properties }));
      return { id: made.getId(), outputs: plain(made.getProperties()) };
    },
    async read(urn, id, inputs, properties) {
      const found = await call("read", fill(new messages.ReadRequest(), { urn, id, inputs, properties }));
      return { inputs: plain(found.getInputs()), outputs: plain(found.getProperties()) };
    },
    async diff(urn, id, oldInputs, olds, news) {
      const found = await call("diff", fill(new messages.DiffRequest(), { urn, id, oldInputs, olds, news }));
      const kind = found.getReplacesList().length > 0 ? "replace" : found.getChanges() === 2 ? "update" : "same";
      const properties = [...new Set<string>(found.getDiffsList())].sort();
      return { kind, properties, deleteBeforeReplace: kind === "replace" && found.getDeletebeforereplace() };
    },
    async delete(urn, id, oldInputs, properties) {
      await call("delete", fill(new messages.DeleteRequest(), { urn, id, oldInputs, properties }));
    },
    stop() {
      client.close();
      child.kill();
      engine.stop();
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: the SDK's generated messages have no common type.
type Message = any;

/** Sets fields by name; maps become protobuf structs. */
function fill(message: Message, fields: Readonly<Record<string, string | Props>>): Message {
  for (const [name, value] of Object.entries(fields)) {
    const setter = Object.keys(Object.getPrototypeOf(message)).find(
      (key) => key.toLowerCase() === `set${name.toLowerCase()}`,
    );
    if (setter === undefined) throw new Error(`expected a field ${name}`);
    message[setter](typeof value === "string" ? value : struct(value as Parameters<typeof struct>[0]));
  }
  return message;
}

const plain = (found: Message): Props => (found?.toJavaScript() ?? {}) as Props;

function callerOf(client: Message): (method: string, request: Message) => Promise<Message> {
  return (method, request) =>
    new Promise((resolve, reject) =>
      client[method](request, (error: Error | null, answer: Message) => (error ? reject(error) : resolve(answer))),
    );
}

/** The least of an engine that a plugin wants to talk to. */
async function serveEngine(): Promise<{ address: string; stop(): void }> {
  const answer = (_: unknown, reply: (error: null, message: unknown) => void) => reply(null, emptyMessage());
  const server = new Server();
  const methods = ["log", "getRootResource", "setRootResource", "startDebugging", "requirePulumiVersion"];
  const handlers = Object.fromEntries(methods.map((method) => [method, answer]));
  server.addService(engineService.EngineService as never, handlers as never);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}
