import { createHash } from "node:crypto";
import type { Catalogue } from "../operations/generations/format.ts";
import { maxReplicas, type NetworkPlan, planNetworks, replicaAddress } from "./addresses.ts";
import { type CachePlan, planCache } from "./cache-plan.ts";
import { type CertificatePlan, planCertificate } from "./certificate-plan.ts";
import { type DatabasePlan, planDatabase } from "./database-plan.ts";
import { mountPath } from "./file-volumes.ts";
import { fingerprint } from "./fingerprint.ts";
import { type Accepts, acceptedBy, checkReleaseSchema } from "./lineage.ts";
import { type PlatformServicePlan, planPlatformServices } from "./platform-plan.ts";
import { type ImageRef, type Release, readRelease, resolveImage } from "./release.ts";
import { type ColorConfig, type ColorName, colors, type ServiceConfig, type StackConfig } from "./schema.ts";
import { mountFiles, type ServiceFiles } from "./service-files.ts";
import { type PlatformSet, type ReleaseSet, readPlatformSet, readReleaseSet } from "./sets.ts";

export interface ServicePlan {
  readonly name: string;
  readonly image: ImageRef;
  /** The stack's service with the overrides of the color, and env and files of the release set merged in. */
  readonly config: ServiceConfig;
  /** File name under /run/secrets to secret value. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly replicas: readonly { readonly container: string; readonly address: string }[];
  /** Hash of everything that makes the container: equal specs need no replacement. */
  readonly spec: string;
  /** Where files were restored, so that volumes differ from generation to generation; undefined: they never did. */
  readonly files?: ServiceFiles | undefined;
}

export interface ReleaseAccepts extends Accepts {
  /** Head that the release was written for; undefined: it has no schema. */
  readonly target: string | undefined;
}

export interface ColorPlan {
  readonly color: ColorName;
  readonly network: NetworkPlan;
  /** Undefined when the color is absent. */
  readonly release: string | undefined;
  readonly set: ReleaseSet | undefined;
  /** Heads of the schema that its release works with; undefined: the color is absent, or the stack has no database. */
  readonly accepts: ReleaseAccepts | undefined;
  readonly services: readonly ServicePlan[];
  /** Queries by which its release knows its data. */
  readonly smoke: readonly string[];
}

export interface StackPlan {
  readonly stack: string;
  readonly config: StackConfig;
  readonly colors: Readonly<Record<ColorName, ColorPlan>>;
  readonly platformNetwork: NetworkPlan;
  readonly platform: PlatformSet;
  readonly platformServices: readonly PlatformServicePlan[];
  /** Undefined: the platform set has none. */
  readonly certificate: CertificatePlan | undefined;
  /** Undefined: the stack has no database. */
  readonly database: DatabasePlan | undefined;
  /** Undefined: the stack has no cache. */
  readonly cache: CachePlan | undefined;
}

/**
 * Works out, from config, the project's files and the generations of the database that there are, everything the stack is
 * to be. @returns the plan, or every problem at once
 */
export function planStack(
  stack: string,
  config: StackConfig,
  catalogue: Catalogue,
): { plan: StackPlan | undefined; errors: readonly string[] } {
  const errors: string[] = [];
  const networks = planNetworks(stack, config.network.subnet);
  const database = planDatabase(stack, config, catalogue, errors);
  const cache = planCache(stack, config, errors);
  const platform = readPlatformSet(config.platform.set, errors);
  const platformServices = platform ? planPlatformServices(stack, config, platform, errors) : [];
  const certificate = platform && planCertificate(stack, config, platform, errors);
  const shared = { database, cache };
  const planned = colors.map(
    (color) => [color, planColor(stack, config, color, networks[color], shared, errors)] as const,
  );
  if (!platform || errors.length > 0) return { plan: undefined, errors: [...new Set(errors)] };
  const unmounted = Object.fromEntries(planned) as Record<ColorName, ColorPlan>;
  const byColor = database ? mountFiles(stack, unmounted, database.generations) : unmounted;
  return {
    plan: {
      stack,
      config,
      colors: byColor,
      platformNetwork: networks.platform,
      platform,
      platformServices,
      certificate,
      ...shared,
    },
    errors: [],
  };
}

/** What exists once per stack and a service may use. */
type Shared = Pick<StackPlan, "database" | "cache">;

function planColor(
  stack: string,
  config: StackConfig,
  color: ColorName,
  network: NetworkPlan,
  shared: Shared,
  errors: string[],
): ColorPlan {
  const { database } = shared;
  const declared = config.colors[color];
  const absent: ColorPlan = {
    color,
    network,
    release: undefined,
    set: undefined,
    accepts: undefined,
    services: [],
    smoke: [],
  };
  if (!declared) return absent;
  const tag = declared.imageTag;
  const release = readRelease(tag, errors);
  if (!release) return absent;
  for (const name of Object.keys(release.services)) {
    if (!(name in config.services))
      errors.push(
        `releases/${tag}.yaml: services.${name}: expected a service of the stack (${Object.keys(config.services).join(", ")})`,
      );
  }
  const set = readReleaseSet(declared.releaseSet ?? release.releaseSet, errors);
  const services = Object.entries(config.services)
    .filter(([name]) => name in release.services)
    .flatMap(([name, service]) => {
      const image = resolveImage(service.image, name, tag, errors);
      return image && set
        ? [planService(stack, config, color, name, merge(service, declared, set, name), image, tag, shared)]
        : [];
    });
  const accepted = database && accepts(database, tag, release, errors);
  return { color, network, release: tag, set, accepts: accepted, services, smoke: release.smoke };
}

function accepts(
  { lineage }: DatabasePlan,
  tag: string,
  { schema }: Release,
  errors: string[],
): ReleaseAccepts | undefined {
  const before = errors.length;
  checkReleaseSchema(lineage, tag, schema, errors);
  return errors.length > before ? undefined : { ...acceptedBy(lineage, schema), target: schema?.target };
}

function merge(service: ServiceConfig, color: ColorConfig, set: ReleaseSet, name: string): ServiceConfig {
  const { env = {}, files = {}, ...override } = color.services[name] ?? {};
  return {
    ...service,
    ...override,
    env: { ...service.env, ...set.env, ...set.services[name]?.env, ...env },
    files: { ...service.files, ...set.services[name]?.files, ...files },
  };
}

function planService(
  stack: string,
  config: StackConfig,
  color: ColorName,
  name: string,
  service: ServiceConfig,
  image: ImageRef,
  release: string,
  { database, cache }: Shared,
): ServicePlan {
  const secrets = Object.fromEntries(
    Object.entries(service.secrets).map(([file, key]) => [file, config.secrets[key] ?? ""]),
  );
  if (database && service.database) secrets["database-url"] = database.urls[color];
  if (cache && service.cache) secrets["cache-url"] = cache.url;
  const replicas = Array.from({ length: Math.min(service.replicas, maxReplicas) }, (_, index) => ({
    container: `${stack}-${color}-${name}-${index + 1}`,
    address: replicaAddress(config.network.subnet, color, service.slot, index),
  }));
  const {
    route,
    webSockets,
    health,
    drainHook,
    port,
    slot,
    image: _,
    replicas: __,
    database: ___,
    cache: ____,
    ...container
  } = service;
  const paths = Object.entries(service.volumes).map(([name, volume]) => [name, mountPath(volume)]);
  const made = { ...container, volumes: Object.fromEntries(paths) };
  // What only the router needs (route, health, WebSockets, port), or only a backup, is no part of the container.
  const spec = createHash("sha256")
    .update(JSON.stringify([image.reference, release, made, fingerprint(stack, secrets), replicas[0]?.address]))
    .digest("hex")
    .slice(0, 16);
  return { name, image, config: service, secrets, replicas, spec };
}
