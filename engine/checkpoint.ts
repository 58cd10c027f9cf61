import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import type { Crypter } from "./crypto.ts";
import { loadResource, type Resource, storeResource } from "./state.ts";
import { providerUrn } from "./urn.ts";

export interface PendingOperation {
  readonly resource: Resource;
  readonly type: "creating" | "updating" | "deleting" | "reading" | "importing";
}

/** What a stack's checkpoint says. */
export interface Checkpoint {
  readonly resources: readonly Resource[];
  readonly pending: readonly PendingOperation[];
}

interface StoredDeployment {
  secrets_providers?: { type: string; state?: { salt?: string } };
  resources?: Record<string, unknown>[];
  pending_operations?: { resource: Record<string, unknown>; type: PendingOperation["type"] }[];
}

/** Version of the engine whose format this is: that of the SDK. */
export const engineVersion = `v${(createRequire(import.meta.url)("@pulumi/pulumi/version") as { version: string }).version}`;

/** The checkpoint's text: version 4 when a resource has hooks, else 3. */
export function renderCheckpoint(
  stack: string,
  project: string,
  content: Checkpoint,
  salt: () => string | undefined,
  crypter: () => Crypter,
): string {
  const resources = content.resources.map((resource) => storeResource(resource, crypter));
  const pending = content.pending.map(({ resource, type }) => ({ resource: storeResource(resource, crypter), type }));
  const hooks = content.resources.some((resource) => Object.keys(resource.resourceHooks).length > 0);
  const usedSalt = salt();
  const latest = {
    manifest: {
      time: new Date().toISOString(),
      magic: createHash("sha256").update(engineVersion).digest("hex"),
      version: engineVersion,
    },
    ...(usedSalt !== undefined && { secrets_providers: { type: "passphrase", state: { salt: usedSalt } } }),
    ...(resources.length > 0 && { resources }),
    ...(pending.length > 0 && { pending_operations: pending }),
    metadata: {},
  };
  const checkpoint = { stack: `organization/${project}/${stack}`, latest };
  return JSON.stringify(hooks ? { version: 4, features: ["hooks"], checkpoint } : { version: 3, checkpoint });
}

/** The deployment part of a checkpoint's text. Throws when another engine used what this one does not support. */
export function readDeployment(text: string): StoredDeployment {
  const stored = JSON.parse(text) as {
    version?: number;
    features?: string[];
    checkpoint?: { latest?: StoredDeployment };
  };
  checkVersion(stored.version, stored.features);
  return stored.checkpoint?.latest ?? {};
}

export function checkVersion(version: number | undefined, features: readonly string[] = []): void {
  const foreign = features.filter((feature) => feature !== "hooks");
  if (version !== 3 && version !== 4)
    throw new Error(`the state has version ${version}: expected 3 or 4; use the pulumi CLI`);
  if (foreign.length > 0)
    throw new Error(
      `the state uses ${foreign.join(", ")}, which the embedded engine does not support; use the pulumi CLI`,
    );
}

/** The salt of the secrets in a deployment. Refuses other secrets providers by name. */
export function saltOf(deployment: StoredDeployment): string | undefined {
  const provider = deployment.secrets_providers;
  if (provider !== undefined && provider.type !== "" && provider.type !== "passphrase") {
    throw new Error(
      `the state's secrets provider is ${provider.type}: the embedded engine supports passphrase only; run \`pulumi stack change-secrets-provider passphrase\` first`,
    );
  }
  return provider?.state?.salt;
}

export function loadDeployment(deployment: StoredDeployment, crypter: () => Crypter): Checkpoint {
  return {
    resources: (deployment.resources ?? []).map((stored) => loadResource(stored, crypter)),
    pending: (deployment.pending_operations ?? []).map(({ resource, type }) => ({
      resource: loadResource(resource, crypter),
      type,
    })),
  };
}

/** Whether each resource comes after all that it names. Returns the complaints, none when it is sound. */
export function integrityErrors(
  resources: readonly Pick<Resource, "urn" | "parent" | "provider" | "dependencies" | "delete" | "type">[],
): string[] {
  const seen = new Set<string>();
  const live = new Set<string>();
  const errors: string[] = [];
  for (const resource of resources) {
    const named = [
      resource.parent,
      ...resource.dependencies,
      resource.provider === "" ? "" : providerUrn(resource.provider),
    ];
    for (const urn of named)
      if (urn !== "" && !seen.has(urn)) errors.push(`${resource.urn} comes before ${urn}, which it refers to`);
    if (!resource.delete && live.has(resource.urn)) errors.push(`${resource.urn} is there twice`);
    if (!resource.delete) live.add(resource.urn);
    seen.add(resource.urn);
  }
  return errors;
}
