import * as pulumi from "@pulumi/pulumi";
import { type Catalogue, firstCatalogue } from "../operations/generations/format.ts";
import { loadStack } from "./load.ts";
import { planStack, type StackPlan } from "./plan.ts";
import type { StackConfig } from "./schema.ts";

/**
 * The plan of the stack that this run is for.
 * @throws pulumi.RunError that lists every problem of config and files, or says that the catalogue cannot be read
 */
export async function readPlan(): Promise<StackPlan> {
  const stack = pulumi.getStack();
  const { config, errors } = loadStack(projectConfig());
  const planned = config ? planStack(stack, config, await generations(stack, config)) : { plan: undefined, errors };
  if (planned.plan) return planned.plan;
  throw new pulumi.RunError(
    [
      `the config of stack ${stack} cannot be used, nothing was changed:`,
      ...planned.errors.map((error) => `  ${error}`),
    ].join("\n"),
  );
}

async function generations(stack: string, { database }: StackConfig): Promise<Catalogue> {
  if (!database) return firstCatalogue(new Date().toISOString());
  return (await import("./read-generations.ts")).readGenerations(stack);
}

function projectConfig(): Record<string, string> {
  const namespace = `${pulumi.getProject()}:`;
  const entries = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(namespace));
  return Object.fromEntries(entries.map(([key, value]) => [key.slice(namespace.length), value]));
}
