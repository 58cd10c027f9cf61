import { appendFileSync } from "node:fs";
import { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Described, Options } from "./described.ts";

const config = new pulumi.Config("lab");
const resources = new Map<string, pulumi.Resource>();

class Component extends pulumi.ComponentResource {
  constructor(name: string, options: pulumi.ComponentResourceOptions) {
    super("lab:index:Component", name, {}, options);
    this.registerOutputs({ name });
  }
}

const kinds = {
  command: (name: string, args: object, options: object) => new local.Command(name, args, options),
  container: (name: string, args: object, options: object) =>
    new docker.Container(name, args as docker.ContainerArgs, options),
  network: (name: string, args: object, options: object) =>
    new docker.Network(name, args as docker.NetworkArgs, options),
  volume: (name: string, args: object, options: object) => new docker.Volume(name, args as docker.VolumeArgs, options),
  component: (name: string, _: object, options: object) => new Component(name, options),
};

for (const { kind, name, args = {}, options = {} } of config.requireObject<Described[]>("resources")) {
  resources.set(name, kinds[kind](name, resolve(args) as object, optionsOf(options)));
}

if (config.getBoolean("throws")) throw new pulumi.RunError("the program refuses");

/** Values as written, except `{ref: "a.b"}` (an output of a resource), `{secret: value}` and `{configSecret: key}`. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  const { ref, secret, configSecret } = value as Record<string, string>;
  if (configSecret !== undefined) return config.requireSecret(configSecret);
  if (secret !== undefined) return pulumi.secret(resolve(secret));
  if (ref !== undefined) return outputOf(ref);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
}

function outputOf(ref: string): unknown {
  const [name, property] = ref.split(".");
  return (named(name!) as unknown as Record<string, unknown>)[property!];
}

function named(name: string): pulumi.Resource {
  const resource = resources.get(name);
  if (resource === undefined) throw new Error(`expected a resource described before, got ${name}`);
  return resource;
}

function optionsOf(options: Options): pulumi.CustomResourceOptions {
  const { parent, dependsOn, deletedWith, hook, aliases, ...rest } = options;
  return {
    ...rest,
    ...(aliases === undefined ? {} : { aliases: [...aliases] }),
    ...(parent === undefined ? {} : { parent: named(parent) }),
    ...(deletedWith === undefined ? {} : { deletedWith: named(deletedWith) }),
    ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map(named) }),
    ...(hook === undefined ? {} : { hooks: { [hook.when]: [hookOf(hook)] } }),
  };
}

function hookOf({ when, fails }: NonNullable<Options["hook"]>): pulumi.ResourceHook {
  return new pulumi.ResourceHook(`${when}-hook`, (args) => {
    appendFileSync(process.env.PARITY_LOG!, `hook ${when} ${args.name}\n`);
    if (fails) throw new Error("the hook says no");
  });
}

const outputs = config.getObject<Record<string, unknown>>("outputs") ?? {};
export default resolve(outputs);
