import { z } from "zod";
import { pinnedImage, secretKey } from "./schema-words.ts";

const prefix = z.string().regex(/^[ -~]{1,200}$/, "expected a prefix of keys, of printable ASCII characters");

/** The cache of a stack: Redis, shared by both colors. */
export const cache = z.strictObject({
  secret: secretKey.describe("Key in `secrets` from which its password is derived."),
  image: pinnedImage
    .default("switchback/cache:1")
    .describe(
      "Image with a shell, redis-server and redis-cli: with its digest, or `repository:tag` of one built here.",
    ),
  memoryMb: z
    .number()
    .int()
    .min(16)
    .default(128)
    .describe("Memory limit of its container, in MiB; it keeps three quarters of what is above 8 MiB as data."),
  persistence: z
    .enum(["aof", "rdb", "none"])
    .default("none")
    .describe("What outlives a restart: every write but the last second's, a snapshot each minute, or nothing."),
  parameters: z
    .record(z.string().regex(/^[a-z-]+$/, "expected the name of a directive"), z.string())
    .default({})
    .describe("Directives of redis.conf, over the ones made here; quote numbers."),
  flush: z
    .strictObject({
      onRollback: z
        .union(
          [z.enum(["none", "all"]), z.strictObject({ prefix: prefix.describe("Only keys that begin with this.") })],
          {
            error: "expected one of none, all, {prefix: …}",
          },
        )
        .default("none")
        .describe(
          "What is removed when a level 2 change goes back to an older release; a level 1 switch removes nothing.",
        ),
    })
    .prefault({})
    .describe("What an older release must not find."),
});

export type CacheConfig = z.output<typeof cache>;
