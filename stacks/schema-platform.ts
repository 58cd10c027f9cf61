import { z } from "zod";
import {
  absoluteFile,
  envName,
  envValue,
  hostAddress,
  hostPort,
  name,
  pinnedImage,
  seconds,
  secretKey,
  urlPath,
} from "./schema-words.ts";

const reload = z
  .strictObject({
    signal: z
      .string()
      .regex(/^SIG[A-Z0-9]+$/, "expected a signal such as SIGHUP")
      .optional()
      .describe("Signal on which it reads its files again."),
    http: urlPath.optional().describe("Instead: path that gets a POST, on which it reads its files again."),
  })
  .refine(
    ({ signal, http }) => (signal === undefined) !== (http === undefined),
    "expected one of {signal: SIGHUP}, {http: /-/reload}",
  );

const platformService = z.strictObject({
  image: pinnedImage.describe("Image with its digest, or `repository:tag` of one that is built and recorded here."),
  slot: z
    .number()
    .int()
    .min(0)
    .max(100)
    .describe("Position of its fixed address in the platform network. Unique, never changed."),
  port: hostPort.optional().describe("Port it listens on inside its container."),
  publish: z
    .strictObject({
      port: hostPort.describe("Host port."),
      bind: hostAddress.default("127.0.0.1").describe("Host address."),
    })
    .optional()
    .describe("Where `port` is published on the host; unset: nowhere."),
  env: z
    .record(envName, envValue)
    .default({})
    .describe("Environment, under that of the platform set. Visible in `docker inspect`."),
  secrets: z
    .record(secretKey, secretKey)
    .default({})
    .describe("Secret files: name under /run/secrets to key in the stack's `secrets`."),
  volumes: z.record(name, absoluteFile).default({}).describe("Named volumes, kept by `destroy`: name to mount path."),
  memoryMb: z.number().int().min(6).default(256).describe("Memory limit, in MiB."),
  command: z.array(z.string()).optional().describe("Command to run instead of the image's own."),
  user: z.string().optional().describe("User (name or uid[:gid]) to run as, instead of the image's own."),
  stopSeconds: seconds(600).default(10).describe("Time it gets to end by itself when it is removed or replaced."),
  reload: reload.optional().describe("How it takes new files while it runs; unset: new files replace its container."),
  check: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      "Command that checks new files in a container of its own before they are used; for a prometheus.yml it is promtool by itself.",
    ),
});

/** What exists once per stack and follows no release. */
export const platform = z.strictObject({
  set: name.describe(
    "Platform set: `sets/<name>`. Naming the former one again rolls it back; a switch never moves it.",
  ),
  services: z
    .record(name, platformService)
    .default({})
    .describe("Services that exist once per stack, in the platform network, with files from the platform set."),
});

const listener = z.strictObject({
  port: hostPort.describe("Host port."),
  bind: hostAddress.default("127.0.0.1").describe("Host address."),
  tls: z.boolean().default(true).describe("Whether it speaks HTTPS, with the certificate of the platform set."),
});

/** Ports of the router beside its own. */
export const listeners = z.record(name, listener);

export type PlatformServiceConfig = z.output<typeof platformService>;
export type ListenerConfig = z.output<typeof listener>;
