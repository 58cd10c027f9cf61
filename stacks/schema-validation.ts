import { z } from "zod";
import { hostPort, name, urlPath } from "./schema-words.ts";

const percent = z.number().min(0).max(100);
const exchange = {
  send: z.string().optional().describe("Text that is sent once it is connected."),
  expect: z.string().optional().describe("Text that the first answer has to hold; unset: to be connected is enough."),
};
const via = z
  .enum(["service", "router"])
  .default("service")
  .describe("`service`: every replica, past the router; `router`: as a client comes in.");

const check = z
  .strictObject({
    http: z
      .strictObject({
        path: urlPath.describe("Path that gets a GET."),
        status: z.number().int().min(100).max(599).default(200).describe("Status of the answer."),
        contains: z.string().min(1).optional().describe("Text that the answer has to hold."),
        headers: z
          .record(z.string().regex(/^[A-Za-z0-9-]+$/, "expected the name of a header"), z.string())
          .default({})
          .describe("Headers of the answer: name to a text that its value holds."),
        via,
      })
      .optional()
      .describe("Asks by HTTP."),
    tcp: z
      .strictObject({ port: hostPort.optional().describe("Unset: the service's own port."), ...exchange })
      .optional()
      .describe("Connects to each replica."),
    websocket: z
      .strictObject({ path: urlPath.describe("Path of the handshake."), via })
      .optional()
      .describe("Opens a WebSocket."),
    sql: z
      .string()
      .min(1)
      .optional()
      .describe("One query, run read-only by the database's owner, which returns one row whose first column is true."),
    command: z.array(z.string()).min(1).optional().describe("Command run in each replica, which ends with 0."),
    purpose: z
      .enum(["smoke", "performance", "security"])
      .default("smoke")
      .describe("What it is for; shown in its name."),
    maxMs: z.number().int().min(1).optional().describe("Longest time that it may take, in ms; unset: any."),
    thorough: z.boolean().default(false).describe("Whether it runs with `--thorough` alone."),
  })
  .refine(
    (one) => [one.http, one.tcp, one.websocket, one.sql, one.command].filter((kind) => kind !== undefined).length === 1,
    "expected exactly one of http, tcp, websocket, sql, command",
  );

const service = z.strictObject({
  version: urlPath.optional().describe("Path whose answer holds the release's tag; unset: nothing is asked."),
  egress: z
    .array(z.string().regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, "expected host:port"))
    .default([])
    .describe("What has to be reached from the service's network, each `host:port`."),
  debugPorts: z
    .record(
      name,
      z.strictObject({ port: hostPort.describe("Port in the container, on its loopback too."), ...exchange }),
    )
    .default({})
    .describe("Ports of debuggers that have to answer, by name, asked in each container's own network."),
  checks: z.record(name, check).default({}).describe("Checks of its own, by name, made of the color that serves."),
});

/** What `switchback validate` holds the live system against. */
export const validation = z.strictObject({
  responseMs: z.number().int().min(1).default(1000).describe("95 % of a sample of requests take less, in ms."),
  errorPercent: percent.default(1).describe("Fewer of the sample's requests fail, in percent."),
  sample: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe("Requests to each routed service; ten times with `--thorough`."),
  rowLossPercent: percent
    .default(10)
    .describe("A table that lost this share of its rows since the last backup point, or all, fails, in percent."),
  certificateDays: z.number().int().min(0).default(14).describe("Days for which a certificate has to be valid yet."),
  cpuPercent: percent
    .default(95)
    .describe("Most of the engine's processors that the stack's containers may use together."),
  memoryPercent: percent
    .default(90)
    .describe("Most of its memory limit that a container may use, its file cache left out."),
  diskPercent: percent
    .default(90)
    .describe("Most of its disk, and of that disk's inodes, that may be used under a volume."),
  errorLines: z
    .number()
    .int()
    .min(0)
    .default(10)
    .describe("Most lines that tell an error in a container's log of the last `logMinutes`."),
  logMinutes: z.number().int().min(1).max(1440).default(5).describe("How far back logs are read."),
  services: z
    .record(name, service)
    .default({})
    .describe("Checks of single services, and of those of the platform, by their name."),
});

export type ValidationConfig = z.output<typeof validation>;
export type ServiceValidation = z.output<typeof service>;
export type DeclaredCheck = z.output<typeof check>;
