import type { CacheFlush } from "../operations/cache/flush.ts";
import type { FilesGoal } from "../operations/files/goal.ts";
import { cacheAddresses } from "./addresses.ts";
import { rolePassword } from "./passwords.ts";
import { pinned } from "./platform-plan.ts";
import type { ImageRef } from "./release.ts";
import type { ColorName, StackConfig } from "./schema.ts";
import type { CacheConfig } from "./schema-cache.ts";

/** Everything the cache is to be. */
export interface CachePlan {
  readonly config: CacheConfig;
  readonly image: ImageRef;
  /** Physical name of its container, and of its volume. */
  readonly container: string;
  /** Fixed addresses in the networks of the colors and of the platform. */
  readonly addresses: Readonly<Record<ColorName | "platform", string>>;
  /** A secret. */
  readonly password: string;
  /** What the services get: a secret. */
  readonly url: string;
  /** What a release that goes back must not find; undefined: it may find everything. */
  readonly flush: CacheFlush | undefined;
  /** What has to hold around its container: the keeper of its volume, and that it answers. */
  readonly goal: FilesGoal;
}

export const cachePort = 6379;
/** Where Redis listens inside its container, and what it asks for there. */
export const cacheSocket = "/tmp/redis.sock";
export const cachePasswordFile = "/run/secrets/cache-password";

/** Plans the cache of a stack, or pushes to `errors`; undefined: it has none. The secret has been checked by a rule. */
export function planCache(stack: string, config: StackConfig, errors: string[]): CachePlan | undefined {
  const { cache } = config;
  if (!cache) return undefined;
  const image = pinned("cache.image", cache.image, errors);
  if (!image) return undefined;
  const { onRollback } = cache.flush;
  const container = `${stack}-cache`;
  const password = rolePassword(config.secrets[cache.secret] ?? "", stack, "cache");
  return {
    config: cache,
    image,
    container,
    addresses: cacheAddresses(config.network.subnet),
    password,
    url: `redis://:${password}@cache:${cachePort}`,
    flush: onRollback === "none" ? undefined : { container, what: onRollback },
    goal: {
      stack,
      part: "cache",
      container,
      marker: "/etc/switchback/files.json",
      files: [],
      keep: [container],
      reload: null,
      ready: cacheCommand("ping"),
    },
  };
}

/** A shell line that asks Redis through its socket; the password stays out of the arguments. */
export const cacheCommand = (...words: readonly string[]): string[] => [
  "sh",
  "-euc",
  `REDISCLI_AUTH=$(cat ${cachePasswordFile}) exec redis-cli -s ${cacheSocket} "$@"`,
  "redis-cli",
  ...words,
];
