import { z } from "zod";
import { cache } from "./schema-cache.ts";
import { database, head } from "./schema-database.ts";
import { decision } from "./schema-decision.ts";
import { clearance } from "./schema-isolation.ts";
import { notifications } from "./schema-notifications.ts";
import { objectives } from "./schema-objectives.ts";
import { platform } from "./schema-platform.ts";
import { recoveryKeys } from "./schema-recovery.ts";
import { rollback } from "./schema-rollback.ts";
import { router } from "./schema-router.ts";
import { validation } from "./schema-validation.ts";
import { absoluteFile, envName, envValue, name, seconds, secretKey, urlPath } from "./schema-words.ts";
import { secret } from "./secrets.ts";

export const colors = ["blue", "green"] as const;
export type ColorName = (typeof colors)[number];

/** The other side of blue/green. */
export const otherColor = (color: ColorName): ColorName => (color === "blue" ? "green" : "blue");

const tag = z
  .string({ error: "expected a string; quote it in YAML, or an unquoted 1.10 arrives as the number 1.1" })
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, "expected an image tag such as 1.4.0");

/** A mount path alone means that the volume's files are part of backup points. */
const fileVolume = z.union(
  [
    absoluteFile,
    z.strictObject({
      path: absoluteFile.describe("Mount path."),
      backup: z.boolean().default(true).describe("Whether its files are part of backup points."),
    }),
  ],
  {
    error: 'expected an absolute path inside the container, without spaces or ":", or {path: <path>, backup: false}',
  },
);

/** What makes the container of a service; defaults are added where a service is declared, not where a color overrides it. */
const container = {
  env: z
    .record(envName, envValue)
    .describe(
      "Environment of each container. Values are visible in `docker inspect`: use `secrets` for what must not be.",
    ),
  files: z
    .record(absoluteFile, z.string())
    .describe("Files written into each container before it starts: path to content."),
  secrets: z
    .record(secretKey, secretKey)
    .describe("Secret files: name under /run/secrets to key in the stack's `secrets`."),
  volumes: z
    .record(name, fileVolume)
    .describe(
      "Named volumes, shared by both colors and kept by `destroy`: name to mount path, or to a map of `path` and `backup: false`, which leaves its files out of backup points.",
    ),
  memoryMb: z.number().int().min(6).describe("Memory limit of each container, in MiB."),
  replicas: z.number().int().min(1).max(8).describe("Containers of this service in each color."),
  command: z.array(z.string()).optional().describe("Command to run instead of the image's own."),
  user: z
    .string()
    .regex(/^(?!0+(:|$)|root(:|$))/, "expected a user other than root")
    .optional()
    .describe("User (name or uid[:gid]) to run as, when the image's own is root."),
  healthcheck: z
    .strictObject({
      command: z.array(z.string()).min(1).describe("Command run inside the container; exit 0 means healthy."),
      intervalSeconds: seconds(59).default(5).describe("Pause between two checks."),
    })
    .optional()
    .describe(
      "Health check by the Docker engine, when the image has the tool for it. The router's own gate does not need it.",
    ),
  stopSeconds: seconds(600).describe("Time a container gets to end by itself when it is removed or replaced."),
};

/** What a color may override of a service, so that one color moves while the other stays as it is. */
const containerOverride = z.strictObject(container).partial();

const containerWithDefaults = {
  ...container,
  env: container.env.default({}),
  files: container.files.default({}),
  secrets: container.secrets.default({}),
  volumes: container.volumes.default({}),
  memoryMb: container.memoryMb.default(256),
  replicas: container.replicas.default(1),
  stopSeconds: container.stopSeconds.default(10),
};

const route = z.strictObject({
  path: urlPath.default("/").describe("Path prefix routed to this service; the longest prefix wins."),
  host: z
    .string()
    .regex(/^[a-z0-9*][a-z0-9.-]*$/, "expected a host name")
    .optional()
    .describe("Host name routed to this service; unset: every host."),
});

const service = z.strictObject({
  image: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._/:-]*[a-z0-9]$/,
      "expected an image repository without a tag, such as registry.example.com/orders",
    )
    .describe("Image repository, without a tag: the color's `imageTag` chooses the release."),
  slot: z
    .number()
    .int()
    .min(0)
    .max(28)
    .describe("Position of the service's fixed addresses in the color's network. Unique, never changed."),
  port: z.number().int().min(1).max(65535).describe("Port the service listens on inside its container."),
  route: route.optional().describe("What the router sends to this service; unset: nothing (a worker)."),
  health: z
    .strictObject({
      live: urlPath.describe("Path that answers 2xx when the process is alive; touches no database."),
      ready: urlPath.describe("Path that answers 2xx when the service can take traffic."),
    })
    .describe("HTTP checks made from the router's network before traffic may move."),
  webSockets: z.array(urlPath).default([]).describe("Path prefixes that carry WebSockets."),
  database: z
    .boolean()
    .default(false)
    .describe(
      "Whether each container gets `/run/secrets/database-url`, the URL of its color's own entry in the pooler.",
    ),
  cache: z
    .boolean()
    .default(false)
    .describe("Whether each container gets `/run/secrets/cache-url`, the URL of the stack's cache."),
  drainHook: urlPath
    .optional()
    .describe("Path that gets `POST {deadline, reconnect_after}` (RFC 3339, seconds) when the color is left."),
  ...containerWithDefaults,
});

const color = z.strictObject({
  imageTag: tag.describe("Release of this color: `releases/<imageTag>.yaml`."),
  releaseSet: name.optional().describe("Release set (`sets/<name>`) instead of the one the release names."),
  databaseSecret: secretKey
    .optional()
    .describe(
      "Key in `secrets` from which the password of this color alone is derived, instead of `database.secret`: while it is rotated.",
    ),
  services: z
    .record(name, containerOverride)
    .default({})
    .describe("Container keys (`env` to `stopSeconds` of `services.<name>`) that differ in this color alone."),
});

/** Everything a stack may say, key by key under the project's namespace `switchback:`. */
export const stackSchema = z.strictObject({
  activeColor: z.enum(colors).describe("The color that gets the traffic."),
  colors: z
    .strictObject({ blue: color.nullable().default(null), green: color.nullable().default(null) })
    .describe("Both sides; `null`: the color is absent."),
  services: z
    .record(name, service)
    .refine((map) => Object.keys(map).length > 0, "expected at least one service")
    .describe("Services of every color, by name."),
  network: z
    .strictObject({
      subnet: z
        .string()
        .regex(/^\d+\.\d+\.\d+\.0\/22$/, "expected an IPv4 /22 such as 10.83.0.0/22")
        .describe("Subnet of the stack, not used by another stack of the host."),
    })
    .describe("Addresses of the stack: one /24 per color and one for the platform."),
  router: router.describe("nginx in front of both colors."),
  platform: platform.describe("What exists once per stack."),
  database: database
    .optional()
    .describe("PostgreSQL with a pooler, backups and migrations; unset: the stack has none."),
  cache: cache.optional().describe("Redis, shared by both colors; unset: the stack has none."),
  validation: validation.prefault({}).describe("What `switchback validate` holds the live system against."),
  schemaVersion: head
    .optional()
    .describe(
      "Migration the schema is to be at; unset: it stays where the active release accepts it, else the nearest.",
    ),
  allowClosing: z
    .array(z.enum(colors))
    .default([])
    .describe("Colors that may be closed because their release does not accept the schema, beside the one being left."),
  allowDataLoss: z
    .record(z.string(), z.number().int().min(0))
    .default({})
    .describe(
      "What may be lost: a lossy migration to the most values that going back over it loses (used once), or a generation to the most commits that stay behind in it.",
    ),
  ...recoveryKeys,
  clearance,
  decision: decision.describe("How `switchback decide` judges what is told or measured of this stack."),
  rollback,
  secrets: z
    .record(secretKey, secret)
    .default({})
    .describe(
      "Secret values, set with `pulumi config set --secret --path secrets.<name>`, or the pinned version of a file.",
    ),
  objectives,
  notifications,
  accept: z.array(z.string()).default([]).describe("Conditions of the verdict that may be unknown in this update."),
  reason: z.string().optional().describe("Why the next update is made; goes to the journal, changes no resource."),
});

/** What a stack says, with the values of its secrets. */
export type StackConfig = Omit<z.output<typeof stackSchema>, "secrets"> & {
  readonly secrets: Readonly<Record<string, string>>;
};
export type ServiceConfig = StackConfig["services"][string];
export type ColorConfig = NonNullable<StackConfig["colors"]["blue"]>;
export type RouterConfig = StackConfig["router"];
