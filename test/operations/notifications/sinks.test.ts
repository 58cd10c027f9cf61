import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { deliver, routed, type Sinks } from "../../../operations/notifications/deliver.ts";
import type { Notification } from "../../../operations/notifications/notification.ts";
import { enqueue, list } from "../../../operations/notifications/outbox.ts";
import { redact } from "../../../operations/notifications/redact.ts";
import { type Fake, fakeHttp } from "./fakes.ts";
import { canary, configOf, failed, fakeFor, outbox, type SinkKind, sinkTo } from "./rig.ts";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
const box = () => {
  const { folder, remove } = outbox();
  opened.push(remove);
  return folder;
};

async function sent(kind: SinkKind, notification: Notification, common: object = {}) {
  const fake: Fake = await fakeFor(kind);
  opened.push(fake.close);
  const folder = box();
  await enqueue(folder, notification);
  await deliver(folder, sinkTo(kind, fake, common));
  return { text: fake.received[0] ?? "", headers: fake.headers[0] ?? {} };
}

const completed = failed({ key: "k2", kind: "completed", severity: "info", text: "done", customerText: "it is over" });

describe("what a sink gets", () => {
  it("is a Slack message", async () => {
    expect(JSON.parse((await sent("slack", failed())).text)).toEqual({
      text: ":rotating_light: *production: change failed*\ngreen 1.1.0 -> blue 1.0.0 by kim: blue is not ready",
    });
  });

  it("is an event of PagerDuty that a later end resolves", async () => {
    const trigger = JSON.parse((await sent("pagerduty", failed())).text);
    const resolve = JSON.parse((await sent("pagerduty", completed)).text);
    expect(trigger).toMatchObject({
      routing_key: canary,
      event_action: "trigger",
      payload: { severity: "critical", source: "production", timestamp: "2026-11-21T02:00:00.000Z" },
    });
    expect([resolve.event_action, resolve.dedup_key]).toEqual(["resolve", trigger.dedup_key]);
    expect((await sent("pagerduty", { ...completed, kind: "initiated" })).text).toBe("");
  });

  it("is signed as Standard Webhooks says", async () => {
    const { text, headers } = await sent("webhook", failed());
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${text}`;
    expect(headers["webhook-signature"]).toBe(`v1,${createHmac("sha256", canary).update(signed).digest("base64")}`);
    expect(JSON.parse(text)).toMatchObject({
      type: "switchback.failed",
      data: { stack: "production", change: "run-1" },
    });
  });

  it("is a mail with one id for one notification", async () => {
    const { text } = await sent("email", failed());
    expect(text).toContain("Subject: [critical] production: change failed");
    expect(text).toMatch(/^Message-ID: <[0-9a-f]+@switchback>/m);
  });

  it("is nothing of the operators' for customers", async () => {
    const { text } = await sent("webhook", completed, { audience: "customers" });
    expect(JSON.parse(text).data.text).toBe("it is over");
    expect(text).not.toContain("done");
    expect((await sent("webhook", failed(), { audience: "customers" })).text).toBe("");
  });

  it("has no secret in it, from wherever it came", async () => {
    const text = `canary ${canary}, postgres://app:hunter22@db/orders, token=abcdef123, Bearer abcdefghijkl`;
    const { text: got } = await sent("slack", failed({ text, subject: canary }));
    for (const secret of [canary, "hunter22", "abcdef123", "abcdefghijkl"]) expect(got).not.toContain(secret);
    expect(redact("nothing here", [canary])).toBe("nothing here");
  });
});

describe("severities", () => {
  it("keep from a sink what is less severe than it asks for", () => {
    const { config } = sinkTo("slack", { port: 1, tls: false }, { minSeverity: "warning" });
    expect(routed(failed({ severity: "info" }), config)).toEqual([]);
    expect(routed(failed({ severity: "warning" }), config)).toEqual(["it"]);
  });
});

describe("an escalation", () => {
  async function rig(afterMinutes: number, url: string) {
    const other = await fakeHttp();
    opened.push(other.close);
    const slack = (key: string) => ({ type: "slack", url: key });
    const config = configOf({
      sinks: { first: slack("first"), second: { ...slack("second"), minSeverity: "critical" } },
      escalation: { afterMinutes, sinks: ["second"] },
    });
    const sinks: Sinks = { config, secrets: { first: url, second: `http://127.0.0.1:${other.port}` }, timeoutMs: 300 };
    const folder = box();
    await enqueue(folder, failed({ severity: "warning" }));
    return { folder, sinks, other };
  }

  it("tells its own sinks once what stayed undelivered too long", async () => {
    const { port } = await fakeHttp("refused");
    const { folder, sinks, other } = await rig(10, `http://127.0.0.1:${port}/`);
    await deliver(folder, sinks);
    await deliver(folder, sinks);
    expect(other.received).toHaveLength(0);
    for (const minutes of [11, 12, 13, 60]) await deliver(folder, sinks, Date.now() + minutes * 60_000);
    expect(other.received).toHaveLength(1);
    expect(other.received[0]).toContain("undelivered: production: change failed");
    expect(other.received[0]).toContain("first could not be reached: ECONNREFUSED");
  });

  it("does not wait where a sink will never take it", async () => {
    const gone = await fakeHttp();
    await gone.close();
    const { createServer } = await import("node:http");
    const server = createServer((_, response) => response.writeHead(404).end("no such hook"));
    await new Promise<void>((resolve) => server.listen(gone.port, "127.0.0.1", resolve));
    opened.push(() => server.close());
    const { folder, sinks, other } = await rig(10, `http://127.0.0.1:${gone.port}/`);
    expect(await deliver(folder, sinks)).toMatchObject({ dead: 1 });
    await deliver(folder, sinks);
    expect(other.received[0]).toContain("expected 2xx, got 404: no such hook");
    expect(await list(folder, "pending")).toEqual([]);
  });
});
