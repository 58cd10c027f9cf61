import { credentials, type ServiceError } from "@grpc/grpc-js";
import callbackService from "@pulumi/pulumi/proto/callback_grpc_pb.js";
import callbackMessages from "@pulumi/pulumi/proto/callback_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import { struct } from "./protobuf.ts";
import type { Resource } from "./state.ts";
import { urnName, urnType } from "./urn.ts";

export type HookKind = "BeforeCreate" | "AfterCreate" | "BeforeUpdate" | "AfterUpdate" | "BeforeDelete" | "AfterDelete";

/** A function of the program that it lets the engine call. */
export interface Hook {
  readonly name: string;
  readonly target: string;
  readonly token: string;
  readonly onDryRun: boolean;
  readonly ignoreErrors: boolean;
}

interface HookSubject {
  readonly urn: string;
  readonly next?: Resource;
  readonly old?: Resource;
}

/** The hooks that the running program registered, called in its own process. */
export class Hooks {
  private readonly hooks = new Map<string, Hook>();
  private readonly warn: (urn: string, message: string) => void;

  constructor(warn: (urn: string, message: string) => void) {
    this.warn = warn;
  }

  register(hook: Hook): void {
    if (this.hooks.has(hook.name))
      throw new Error(`hook "${hook.name}" is registered twice: give each hook its own name`);
    this.hooks.set(hook.name, hook);
  }

  /** Runs all hooks of a kind in order. Throws the first error of one that does not ignore errors. */
  async run(
    kind: HookKind,
    bound: Readonly<Record<string, readonly string[]>>,
    dryRun: boolean,
    subject: HookSubject,
  ): Promise<void> {
    for (const name of bound[kind] ?? []) {
      const hook = this.hooks.get(name);
      if (hook === undefined) {
        throw new Error(
          `hook "${name}" was not registered: ${kind} of ${subject.urn} needs the program that registers it`,
        );
      }
      if (dryRun && !hook.onDryRun) continue;
      const error = await call(hook, subject);
      if (error === "") continue;
      if (!hook.ignoreErrors) throw new Error(`${kind} hook "${name}" failed: ${error}`);
      this.warn(subject.urn, `${kind} hook "${name}" failed: ${error}`);
    }
  }
}

/** The hook's error text, "" when it succeeded. */
function call(hook: Hook, subject: HookSubject): Promise<string> {
  const request = new resourceMessages.ResourceHookRequest();
  request.setUrn(subject.urn);
  request.setName(urnName(subject.urn));
  request.setType(urnType(subject.urn));
  request.setId((subject.next?.id || subject.old?.id) ?? "");
  if (subject.next !== undefined) request.setNewInputs(struct(subject.next.inputs));
  if (subject.old !== undefined) request.setOldInputs(struct(subject.old.inputs));
  if (subject.next !== undefined && Object.keys(subject.next.outputs).length > 0)
    request.setNewOutputs(struct(subject.next.outputs));
  if (subject.old !== undefined) request.setOldOutputs(struct(subject.old.outputs));
  const invoke = new callbackMessages.CallbackInvokeRequest();
  invoke.setToken(hook.token);
  invoke.setRequest(request.serializeBinary());
  const client = new callbackService.CallbacksClient(hook.target, credentials.createInsecure());
  return new Promise<string>((resolve) => {
    client.invoke(invoke, (error: ServiceError | null, response) => {
      client.close();
      if (error !== null) resolve(error.details || error.message);
      else resolve(resourceMessages.ResourceHookResponse.deserializeBinary(response!.getResponse_asU8()).getError());
    });
  });
}
