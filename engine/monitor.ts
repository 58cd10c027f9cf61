import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type sendUnaryData,
  status,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import resourceService from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";
import type { Deployment } from "./deployment.ts";
import { readGoal } from "./goal.ts";
import type { Hooks } from "./hooks.ts";
import { emptyMessage, struct } from "./protobuf.ts";
import type { Resource } from "./state.ts";
import type { Severity } from "./steps.ts";
import { propsFromWire } from "./wire.ts";

/** The largest message that the SDK itself accepts. */
const maxMessage = 1024 * 1024 * 400;
const severities: readonly Severity[] = ["debug", "info", "warning", "error"];

export interface Monitor {
  /** `127.0.0.1:<port>`, for the program. */
  readonly address: string;
  /** Whether the program has said that it ended well. */
  readonly ended: () => boolean;
  close(): void;
}

/** Serves the two services that a program talks to: the resource monitor and the engine. */
export async function serveMonitor(deployment: Deployment, hooks: Hooks): Promise<Monitor> {
  const server = new Server({ "grpc.max_receive_message_length": maxMessage });
  let ended = false;
  server.addService(engineService.EngineService, engineHandlers(deployment));
  server.addService(
    resourceService.ResourceMonitorService,
    monitorHandlers(deployment, hooks, () => {
      ended = true;
    }),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, ended: () => ended, close: () => server.forceShutdown() };
}

function monitorHandlers(deployment: Deployment, hooks: Hooks, onEnd: () => void): Record<string, UntypedHandleCall> {
  const { stack, project } = deployment.options;
  const features = resourceMessages.ResourceMonitorFeature;
  const supported = {
    secrets: features.RESOURCE_MONITOR_FEATURE_SECRETS,
    resourceReferences: features.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    outputValues: features.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    aliasSpecs: features.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    deletedWith: features.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    replacementTrigger: features.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resourceHooks: features.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
  };
  return {
    getDeploymentInfo: unary(() => {
      const info = new resourceMessages.DeploymentInfo();
      info.setProject(project);
      info.setStack(stack);
      info.setOrganization("organization");
      info.setDryrun(deployment.options.dryRun);
      info.setSupportedfeaturesList(Object.values(supported));
      return info;
    }),
    supportsFeature: unary((request: InstanceType<typeof resourceMessages.SupportsFeatureRequest>) => {
      const response = new resourceMessages.SupportsFeatureResponse();
      response.setHassupport(Object.hasOwn(supported, request.getId()));
      return response;
    }),
    registerResource: unary(async (request: InstanceType<typeof resourceMessages.RegisterResourceRequest>) =>
      registered(await deployment.register(readGoal(request, stack, project))),
    ),
    registerResourceOutputs: unary(
      async (request: InstanceType<typeof resourceMessages.RegisterResourceOutputsRequest>) => {
        await deployment.registerOutputs(request.getUrn(), propsFromWire(request.getOutputs()?.toJavaScript()));
        return emptyMessage();
      },
    ),
    registerResourceHook: unary((request: InstanceType<typeof resourceMessages.RegisterResourceHookRequest>) => {
      const [name, callback] = [request.getName(), request.getCallback()!];
      const target = { target: callback.getTarget(), token: callback.getToken() };
      hooks.register({ name, ...target, onDryRun: request.getOnDryRun(), ignoreErrors: request.getIgnoreErrors() });
      return emptyMessage();
    }),
    signalAndWaitForShutdown: unary(async () => {
      onEnd();
      await deployment.executor.idle();
      if (!deployment.executor.failed) await deployment.deleteLeftovers();
      return emptyMessage();
    }),
    invoke: refused((request) => `the function ${request.getTok?.()}`),
    call: refused((request) => `the method ${request.getTok?.()}`),
    readResource: refused((request) => `reading an existing resource (.get) of type ${request.getType?.()}`),
    registerPackage: refused(() => "parameterized packages"),
    registerErrorHook: refused(() => "error hooks"),
    registerStackTransform: refused(() => "stack transforms"),
    registerStackInvokeTransform: refused(() => "invoke transforms"),
  };
}

function engineHandlers(deployment: Deployment): Record<string, UntypedHandleCall> {
  let root = "";
  return {
    log: unary((request: InstanceType<typeof engineMessages.LogRequest>) => {
      const [severity, message] = [severities[request.getSeverity()] ?? "info", request.getMessage()];
      const urn = request.getUrn() || deployment.stackUrn;
      deployment.options.emit({ kind: "log", urn, severity, message, ephemeral: request.getEphemeral() });
      return emptyMessage();
    }),
    getRootResource: unary(() => {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary((request: InstanceType<typeof engineMessages.SetRootResourceRequest>) => {
      root = request.getUrn();
      return new engineMessages.SetRootResourceResponse();
    }),
    requirePulumiVersion: unary(() => new engineMessages.RequirePulumiVersionResponse()),
  };
}

function registered(resource: Resource): InstanceType<typeof resourceMessages.RegisterResourceResponse> {
  const response = new resourceMessages.RegisterResourceResponse();
  response.setUrn(resource.urn);
  response.setId(resource.id);
  response.setObject(struct(resource.outputs));
  return response;
}

function unary<Request, Response>(handle: (request: Request) => Response | Promise<Response>): UntypedHandleCall {
  return async (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
    try {
      callback(null, await handle(call.request));
    } catch (error) {
      callback({ code: status.INVALID_ARGUMENT, details: (error as Error).message });
    }
  };
}

function refused(what: (request: { getTok?(): string; getType?(): string }) => string): UntypedHandleCall {
  return unary((request: { getTok?(): string; getType?(): string }) => {
    throw new Error(`the embedded engine does not support ${what(request)}; run it with \`--engine pulumi\``);
  });
}
