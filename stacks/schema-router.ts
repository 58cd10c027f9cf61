import { z } from "zod";
import { listeners } from "./schema-platform.ts";
import { seconds } from "./schema-words.ts";

/** nginx in front of both colors: how traffic comes in, moves, drains and waits. */
export const router = z.strictObject({
  bind: z.union([z.ipv4(), z.ipv6()]).default("127.0.0.1").describe("Host address on which the router is published."),
  port: z.number().int().min(1).max(65535).describe("Host port on which the router is published."),
  memoryMb: z.number().int().min(32).default(128).describe("Memory limit of the router, in MiB."),
  listeners: listeners
    .default({})
    .describe("Ports beside `port`, by name. Adding or removing one replaces the router's container."),
  gate: z
    .strictObject({
      timeoutSeconds: seconds(3600).default(30).describe("How long the target color may take to become ready."),
      consecutive: z
        .number()
        .int()
        .min(1)
        .max(20)
        .default(2)
        .describe("Ready answers in a row that each replica must give."),
    })
    .prefault({})
    .describe("Health gate that the target color passes before traffic moves."),
  confirm: z
    .strictObject({
      connections: z
        .number()
        .int()
        .min(1)
        .max(100)
        .default(5)
        .describe("New connections that must be answered by the target."),
    })
    .prefault({})
    .describe("In-band confirmation after the pointer moved."),
  drain: z
    .strictObject({
      httpSeconds: seconds(3600)
        .default(30)
        .describe("Budget for HTTP requests still in flight on the color that was left."),
      webSocketSeconds: seconds(86400)
        .default(60)
        .describe("Time announced to the drain hooks; WebSockets left after it are closed."),
      webSocketsPerSecond: z.number().int().min(1).max(10000).default(25).describe("Pace of those closes."),
      wait: z.boolean().default(false).describe("Whether `up` waits for the end of the drain."),
    })
    .prefault({})
    .describe("What happens to requests and WebSockets of the color that was left."),
  canary: z
    .strictObject({
      percent: z.number().int().min(0).max(100).default(0).describe("Share of requests sent to the OTHER color."),
      sticky: z.boolean().default(false).describe("Whether a client stays with the color it got (by cookie)."),
    })
    .prefault({})
    .describe("Canary: a share of the traffic for the color that is not active."),
  maintenance: z
    .boolean()
    .default(false)
    .describe("Answer 503 with Retry-After and the maintenance page; bypass by signed header or cookie."),
  isolate: z
    .boolean()
    .default(false)
    .describe(
      "Let nothing in, cut every container from every network while it runs on, and leave each as it is, as evidence.",
    ),
  retryAfterSeconds: seconds(86400).default(30).describe("Retry-After of the router's own 503 answers."),
  hold: z
    .strictObject({
      maxSeconds: seconds(60).default(10).describe("Longest time requests may wait in the router."),
      drainSeconds: seconds(60)
        .default(3)
        .describe("Longest time in which requests on the color being left may finish, before it loses the database."),
    })
    .prefault({})
    .describe("Bounds of a hold, in which requests wait while the schema moves."),
});
