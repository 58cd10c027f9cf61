import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { FilesGoal, GoalFile, Reload } from "../operations/files/goal.ts";
import { platformAddress } from "./addresses.ts";
import { fingerprint } from "./fingerprint.ts";
import { recordedImages } from "./image-record.ts";
import type { ImageRef } from "./release.ts";
import type { StackConfig } from "./schema.ts";
import type { PlatformServiceConfig } from "./schema-platform.ts";
import type { PlatformSet } from "./sets.ts";

/** A service that exists once per stack. */
export interface PlatformServicePlan {
  readonly name: string;
  readonly container: string;
  readonly address: string;
  readonly image: ImageRef;
  readonly config: PlatformServiceConfig;
  /** With those of the set. */
  readonly env: Readonly<Record<string, string>>;
  /** Path to content. */
  readonly files: Readonly<Record<string, string>>;
  /** File name under /run/secrets to secret value. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Hash of what makes the container; the contents of files that it can reload are no part of it. */
  readonly spec: string;
  /** Commands that check the files. */
  readonly checks: readonly (readonly string[])[];
  /** What is done in and around the running container; undefined: nothing. */
  readonly goal: FilesGoal | undefined;
}

/** Plans the services of the platform, or pushes to `errors`. */
export function planPlatformServices(
  stack: string,
  config: StackConfig,
  set: PlatformSet,
  errors: string[],
): PlatformServicePlan[] {
  const { services } = config.platform;
  for (const name of Object.keys(set.services)) {
    if (!(name in services))
      errors.push(
        `sets/${config.platform.set}/set.yaml: services.${name}: expected a name of platform.services (${Object.keys(services).join(", ") || "there is none"})`,
      );
  }
  return Object.entries(services).flatMap(([name, service]) => {
    const image = pinned(`platform.services.${name}.image`, service.image, errors);
    return image ? [planService(stack, config, set, name, service, image)] : [];
  });
}

/** An image as it must run: by the digest in its name, or by the id that was recorded here. Else pushes to `errors`. */
export function pinned(path: string, image: string, errors: string[]): ImageRef | undefined {
  if (image.includes("@sha256:")) return { label: image, reference: image };
  const id = recordedImages()[image];
  if (id) return { label: image, reference: id };
  errors.push(
    `${path}: expected an image with its digest (@sha256:…) or one that is built and recorded here, got ${image}; build it with \`npm run setup\`, or add the digest`,
  );
  return undefined;
}

function planService(
  stack: string,
  config: StackConfig,
  set: PlatformSet,
  name: string,
  service: PlatformServiceConfig,
  image: ImageRef,
): PlatformServicePlan {
  const { env = {}, files = {} } = set.services[name] ?? {};
  const container = `${stack}-${name}`;
  const secrets = Object.fromEntries(
    Object.entries(service.secrets).map(([file, key]) => [file, config.secrets[key] ?? ""]),
  );
  const merged = { ...service.env, ...env };
  const address = platformAddress(config.network.subnet, service.slot);
  const { reload, check: _, ...made } = service;
  const contents = reload ? Object.keys(files).sort() : files;
  const spec = createHash("sha256")
    .update(JSON.stringify([image.reference, made, merged, contents, fingerprint(stack, secrets), address]))
    .digest("hex")
    .slice(0, 16);
  const keep = Object.keys(service.volumes).map((volume) => `${container}-${volume}`);
  const hot = reload ? Object.entries(files).map(([path, content]) => goalFile(path, content)) : [];
  const goal: FilesGoal = {
    stack,
    part: name,
    container,
    marker: "/etc/switchback/files.json",
    files: hot,
    keep,
    reload: reload && hot.length > 0 ? reloadOf(reload, address, service.port) : null,
    ready: null,
  };
  return {
    name,
    container,
    address,
    image,
    config: service,
    env: merged,
    files,
    secrets,
    spec,
    checks: checksOf(service, files),
    goal: hot.length > 0 || keep.length > 0 ? goal : undefined,
  };
}

const goalFile = (path: string, content: string): GoalFile => ({ path, content, mode: 0o444, uid: 0 });

const reloadOf = (reload: NonNullable<PlatformServiceConfig["reload"]>, address: string, port = 80): Reload =>
  reload.signal !== undefined ? { signal: reload.signal } : { url: `http://${address}:${port}${reload.http}` };

/** The config's own check, else the one that comes with what the files are. */
function checksOf({ check }: PlatformServiceConfig, files: Readonly<Record<string, string>>): readonly string[][] {
  if (check) return [check];
  return Object.keys(files)
    .filter((path) => basename(path) === "prometheus.yml")
    .map((path) => ["promtool", "check", "config", path]);
}
