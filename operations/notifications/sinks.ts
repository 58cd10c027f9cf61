import { createHmac } from "node:crypto";
import type { SinkConfig } from "../../stacks/schema-notifications.ts";
import { type Attempt, attemptMs, post } from "./http.ts";
import { incidentKey, type Notification } from "./notification.ts";

/** What a sink is given: its config, with the values of its secrets, and the text for its audience. */
export interface Sending<Sink extends SinkConfig = SinkConfig> {
  readonly sink: Sink;
  readonly secret: (key: string) => string;
  readonly notification: Notification;
  readonly text: string;
  readonly timeoutMs?: number;
}

/** Sends once. Never throws. */
export async function send(sending: Sending): Promise<Attempt> {
  try {
    return await senders[sending.sink.type](sending as never);
  } catch (error) {
    return { kind: "retry", error: (error as Error).message };
  }
}

type Of<Type extends SinkConfig["type"]> = Sending<Extract<SinkConfig, { type: Type }>>;

const senders: { readonly [Type in SinkConfig["type"]]: (sending: Of<Type>) => Promise<Attempt> } = {
  slack: ({ sink, secret, notification, text, timeoutMs }) => {
    const mark = { info: ":information_source:", warning: ":warning:", critical: ":rotating_light:" }[
      notification.severity
    ];
    return post(
      secret(sink.url),
      JSON.stringify({ text: `${mark} *${notification.subject}*\n${text}` }),
      {},
      timeoutMs,
    );
  },

  pagerduty: ({ sink, secret, notification, text, timeoutMs }) => {
    const { kind, severity, stack, at, change } = notification;
    const event = {
      routing_key: secret(sink.routingKey),
      event_action: kind === "completed" ? "resolve" : "trigger",
      dedup_key: incidentKey(notification).slice(0, 255),
      payload: {
        summary: `${notification.subject}: ${text}`.slice(0, 1024),
        source: stack,
        severity,
        timestamp: at,
        class: kind,
        custom_details: { text, change },
      },
    };
    return post(sink.url, JSON.stringify(event), {}, timeoutMs);
  },

  webhook: ({ sink, secret, notification, text, timeoutMs }) => {
    const { customerText: _, ...told } = notification;
    const body = JSON.stringify({
      type: `switchback.${notification.kind}`,
      timestamp: notification.at,
      data: { ...told, text },
    });
    return post(sink.url, body, sign(notification.key, body, secret(sink.signingSecret)), timeoutMs);
  },

  email: async ({ sink, secret, notification, text, timeoutMs = attemptMs }) => {
    const { createTransport } = await import("nodemailer");
    const { host, port, security, user, password } = sink;
    const transport = createTransport({
      host,
      port,
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      ...(user !== undefined && { auth: { user, pass: password === undefined ? "" : secret(password) } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
    });
    try {
      // A mailbox that gets it twice knows it by its id.
      const messageId = `<${Buffer.from(notification.key).toString("hex")}@switchback>`;
      const subject = `[${notification.severity}] ${notification.subject}`;
      await transport.sendMail({ from: sink.from, to: sink.to, subject, text, messageId });
      return { kind: "delivered" };
    } catch (error) {
      const { message, responseCode } = error as Error & { responseCode?: number };
      return responseCode !== undefined && responseCode >= 500
        ? { kind: "refused", error: message }
        : { kind: "retry", error: message };
    } finally {
      transport.close();
    }
  },
};

/** The headers of Standard Webhooks: id, time and signature; a secret `whsec_…` is base64, another one is taken as it is. */
export function sign(id: string, body: string, secret: string, seconds = Math.floor(Date.now() / 1000)) {
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const signature = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": `${seconds}`, "webhook-signature": `v1,${signature}` };
}
