import { cachePort, cacheSocket } from "../stacks/cache-plan.ts";
import type { CacheConfig } from "../stacks/schema-cache.ts";

const persistence: Readonly<Record<CacheConfig["persistence"], Readonly<Record<string, string>>>> = {
  aof: { appendonly: "yes", appendfsync: "everysec", save: '""' },
  rdb: { appendonly: "no", save: "60 1" },
  none: { appendonly: "no", save: '""' },
};

/** What Redis, and whoever asks it by a command in its container, need without any data. */
const ownMb = 8;

/** redis.conf of the cache. The password is in a file of its own, which it includes. */
export function renderCache({ memoryMb, persistence: kind, parameters }: CacheConfig): string {
  const directives = {
    bind: "0.0.0.0",
    port: `${cachePort}`,
    unixsocket: cacheSocket,
    dir: "/data",
    // A snapshot needs memory of its own beside the data.
    maxmemory: `${Math.floor((memoryMb - ownMb) * 0.75)}mb`,
    "maxmemory-policy": "allkeys-lru",
    ...persistence[kind],
    ...parameters,
    include: "/run/secrets/cache.conf",
  };
  const lines = Object.entries(directives).map(([name, value]) => `${name} ${value}`);
  return `${lines.join("\n")}\n`;
}
