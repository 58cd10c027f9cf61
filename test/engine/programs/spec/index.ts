// A program that registers what spec.json says, through the real SDKs: each test writes its own spec.
import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { ResourceSpec, Spec } from "../../harness.ts";

const spec: Spec = JSON.parse(readFileSync("spec.json", "utf8"));
const config = new pulumi.Config();
const made = new Map<string, pulumi.Resource>();

class Group extends pulumi.ComponentResource {
  constructor(name: string, options: pulumi.ComponentResourceOptions) {
    super("spec:index:Group", name, {}, options);
  }

  end(): void {
    this.registerOutputs({});
  }
}

for (const resource of spec.resources) made.set(resource.name, make(resource));
for (const group of made.values()) if (group instanceof Group) group.end();
for (const line of spec.print ?? []) console.log(line);
if (spec.throws) throw new pulumi.RunError(spec.throws);

export const title = config.require("title");
export const outputs = value(spec.outputs ?? {});

function make({ kind, name, args = {}, options = {}, hook }: ResourceSpec): pulumi.Resource {
  const { parent, dependsOn, deletedWith, aliases, ...rest } = options;
  const opts: pulumi.CustomResourceOptions = {
    ...rest,
    ...(aliases && { aliases }),
    ...(parent && { parent: made.get(parent)! }),
    ...(deletedWith && { deletedWith: made.get(deletedWith)! }),
    ...(dependsOn && { dependsOn: dependsOn.map((other) => made.get(other)!) }),
    ...(hook && {
      hooks: {
        [hook.kind]: [
          new pulumi.ResourceHook(`${name}-${hook.kind}`, () => runHook(name, hook.fails), {
            onDryRun: hook.onDryRun ?? false,
          }),
        ],
      },
    }),
  };
  const inputs = value(args) as never;
  if (kind === "group") return new Group(name, opts);
  if (kind === "network") return new docker.Network(name, inputs, opts);
  if (kind === "container") return new docker.Container(name, inputs, opts);
  return new command.local.Command(name, inputs, opts);
}

/** `{"$ref": "name.property"}` is another resource's output, `{"$config": key}` a secret of the stack's config. */
function value(wanted: unknown): unknown {
  if (Array.isArray(wanted)) return wanted.map(value);
  if (typeof wanted !== "object" || wanted === null) return wanted;
  const { $ref, $config } = wanted as { $ref?: string; $config?: string };
  if ($config !== undefined) return config.requireSecret($config);
  if ($ref === undefined) return Object.fromEntries(Object.entries(wanted).map(([key, item]) => [key, value(item)]));
  const [name, property] = $ref.split(".") as [string, string];
  return (made.get(name) as unknown as Record<string, pulumi.Output<unknown>>)[property];
}

function runHook(name: string, fails: string | undefined): void {
  console.log(`hook of ${name}`);
  if (fails !== undefined) throw new Error(fails);
}
