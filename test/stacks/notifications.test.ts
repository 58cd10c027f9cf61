import { describe, expect, it } from "vitest";
import { loadStack } from "../../stacks/load.ts";
import { rawConfig } from "./fixtures.ts";

const load = (notifications: object, secrets: object = { url: "https://hooks.example.com/1", key: "k" }) =>
  loadStack(rawConfig({ notifications, secrets }));

describe("notifications in the config", () => {
  it("have defaults for all but what a sink needs", () => {
    const { config, errors } = load({
      sinks: { duty: { type: "pagerduty", routingKey: "key" }, team: { type: "slack", url: "url" } },
    });
    expect(errors).toEqual([]);
    expect(config?.notifications).toMatchObject({
      sinks: {
        duty: { url: "https://events.pagerduty.com/v2/enqueue", minSeverity: "warning", audience: "operators" },
        team: { minSeverity: "info" },
      },
      progressMinutes: 5,
      repeated: { count: 3, hours: 24 },
      contacts: [],
    });
    expect(loadStack(rawConfig()).config?.notifications).toBeUndefined();
    expect(loadStack(rawConfig()).config?.objectives).toEqual({ levels: {}, components: {} });
  });

  it("are refused, all at once, where a secret or a sink is not there", () => {
    const { errors } = load({
      sinks: {
        team: { type: "slack", url: "nothing" },
        desk: { type: "webhook", url: "https://x.example", signingSecret: "none" },
      },
      escalation: { sinks: ["mail"] },
    });
    expect(errors).toEqual([
      "notifications.sinks.team.url: expected a key of secrets, got nothing; set it: pulumi config set --secret --path secrets.nothing",
      "notifications.sinks.desk.signingSecret: expected a key of secrets, got none; set it: pulumi config set --secret --path secrets.none",
      "notifications.escalation.sinks[0]: expected one of team, desk, got mail",
    ]);
  });

  it("are refused where a sink is none", () => {
    expect(load({ sinks: { team: { type: "fax", number: "1" } } }).errors.join()).toContain(
      "notifications.sinks.team.type",
    );
    expect(load({ sinks: { hook: { type: "webhook", url: "ftp://x", signingSecret: "key" } } }).errors).toEqual([
      expect.stringContaining("notifications.sinks.hook.url: expected an http or https address"),
    ]);
  });
});
