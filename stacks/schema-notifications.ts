import { z } from "zod";
import { name, secretKey } from "./schema-words.ts";

export const severities = ["info", "warning", "critical"] as const;

const inSecrets = (what: string) => secretKey.describe(`Key in the stack's \`secrets\` of ${what}.`);
const common = {
  minSeverity: z.enum(severities).default("info").describe("What is less severe is not sent here."),
  audience: z
    .enum(["operators", "customers"])
    .default("operators")
    .describe("Customers get the texts for customers, at the beginning and the end of a change, and nothing else."),
};
const url = z.url({ protocol: /^https?$/, error: "expected an http or https address" });

const slack = z.strictObject({
  type: z.literal("slack"),
  url: inSecrets("the address of the incoming webhook"),
  ...common,
});
const pagerduty = z.strictObject({
  type: z.literal("pagerduty"),
  routingKey: inSecrets("the integration's routing key"),
  url: url.default("https://events.pagerduty.com/v2/enqueue").describe("Address of Events v2."),
  ...common,
  minSeverity: common.minSeverity
    .unwrap()
    .default("warning")
    .describe("What is less severe pages nobody; the end of a change resolves."),
});
const email = z.strictObject({
  type: z.literal("email"),
  host: z.string().min(1).describe("SMTP server."),
  port: z.number().int().min(1).max(65535).default(587).describe("Its port."),
  security: z
    .enum(["starttls", "tls", "none"])
    .default("starttls")
    .describe("`starttls` refuses a server without it; `none` sends in clear."),
  user: z.string().optional().describe("User to log in as; unset: no log-in."),
  password: inSecrets("the user's password").optional(),
  from: z.email().describe("Sender."),
  to: z.array(z.email()).min(1).describe("Recipients."),
  ...common,
});
const webhook = z.strictObject({
  type: z.literal("webhook"),
  url: url.describe("Address that gets the notification as JSON."),
  signingSecret: inSecrets("the secret that signs each request, as Standard Webhooks says"),
  ...common,
});

export const sink = z.discriminatedUnion("type", [slack, pagerduty, email, webhook]);

const template = z.string().min(1).optional();

/** Who is told of changes, and how. */
export const notifications = z
  .strictObject({
    sinks: z.record(name, sink).default({}).describe("Where notifications go, by name."),
    contacts: z
      .array(
        z.strictObject({
          name: z.string().min(1).describe("Who."),
          role: z.string().min(1).optional().describe("What for, such as `on call`."),
          reach: z.string().min(1).describe("How: a phone number, an address, a channel."),
        }),
      )
      .default([])
      .describe("People to turn to; named in what operators get and in incident reports."),
    escalation: z
      .strictObject({
        afterMinutes: z.number().min(0).default(10).describe("How long a notification may stay undelivered."),
        sinks: z.array(name).min(1).describe("Sinks that are told of it."),
      })
      .optional()
      .describe("What happens when a sink cannot be reached."),
    progressMinutes: z.number().min(1).default(5).describe("A change that takes longer is told of again."),
    repeated: z
      .strictObject({
        count: z.number().int().min(2).default(3).describe("So many rollbacks and recoveries"),
        hours: z.number().min(1).default(24).describe("within so many hours are a warning."),
      })
      .prefault({})
      .describe("When going back has become a habit."),
    templates: z
      .strictObject({
        initial: template.describe("A change begins."),
        progress: template.describe("It takes long."),
        completion: template.describe("It is done."),
        failure: template.describe("It failed, or was never ended."),
        customer: template.describe("To customers, when a change begins."),
        customerEnd: template.describe("To customers, when it is done."),
      })
      .default({})
      .describe(
        "Texts in place of the built-in ones, with {stack}, {level}, {kind}, {from}, {to}, {reason}, {actor}, {duration}, {downtime}, {failed}, {error}, {contacts}.",
      ),
  })
  .optional()
  .describe("Who is told of changes; unset: nobody.");

export type NotificationsConfig = NonNullable<z.output<typeof notifications>>;
export type SinkConfig = z.output<typeof sink>;
export type Severity = (typeof severities)[number];
