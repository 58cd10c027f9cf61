import { describe, expect, it } from "vitest";
import { decide } from "../../decision/decide.ts";
import { nextOf } from "../../decision/next.ts";
import { thresholdsOf } from "../../decision/profiles.ts";
import { renderDecision } from "../../decision/render.ts";
import type { Symptoms } from "../../decision/symptoms.ts";

const decided = (symptoms: Symptoms, profile: "telemetry" | "collaboration" | "video" = "telemetry") =>
  decide(symptoms, thresholdsOf(profile));

describe("what is decided", () => {
  it.each<[string, Symptoms, string, string]>([
    ["nothing at all", {}, "monitor", "P4"],
    ["12 % for 3 minutes after a switch", { errorPercent: 12, sinceChangeMinutes: 3 }, "monitor", "P2"],
    ["12 % for 6 minutes", { errorPercent: 12, sinceChangeMinutes: 6 }, "restart", "P2"],
    ["and a restart did not help", { errorPercent: 12, sinceChangeMinutes: 6, restarted: true }, "level 1", "P2"],
    ["12 % of exceptions", { errorPercent: 12, errorType: "exceptions", sinceChangeMinutes: 6 }, "level 1", "P2"],
    ["60 % at once", { errorPercent: 60, sinceChangeMinutes: 1 }, "monitor", "P1"],
    ["60 % for 2 minutes", { errorPercent: 60, sinceChangeMinutes: 2 }, "level 1", "P1"],
    ["a crash loop after a switch", { crash: "loop", sinceChangeMinutes: 0.5 }, "level 1", "P1"],
    ["and the other color is closed", { crash: "loop", sinceChangeMinutes: 1, otherColor: "cold" }, "level 2", "P1"],
    [
      "a crash loop out of the blue",
      { crash: "loop", sinceChangeMinutes: 3000, lastingMinutes: 2 },
      "fix forward",
      "P1",
    ],
    ["a container that is down since a moment", { crash: "down", lastingMinutes: 0.1 }, "restart", "P1"],
    ["a container that stays down", { crash: "down", sinceChangeMinutes: 3000 }, "restart", "P1"],
    [
      "6 s of latency for a day",
      { latencySeconds: 6, lastingMinutes: 1440, sinceChangeMinutes: 4000 },
      "restart",
      "P1",
    ],
    ["connections used up after a restart", { connectionsPercent: 99, restarted: true }, "free resources", "P2"],
    ["a full disk and a crash loop", { diskPercent: 99, crash: "loop", sinceChangeMinutes: 1 }, "free resources", "P1"],
    ["a migration that does not fit", { schemaTrouble: true, sinceChangeMinutes: 3 }, "level 2", "P2"],
    [
      "a wrong set, at the same time as 60 %",
      { badConfig: true, errorPercent: 60, sinceChangeMinutes: 3 },
      "level 2",
      "P1",
    ],
    [
      "a dependency away, just after a switch",
      { dependencyDown: true, errorPercent: 80, sinceChangeMinutes: 3 },
      "fix forward",
      "P1",
    ],
    ["rows lost 20 minutes ago", { lossMinutes: 20 }, "level 3", "P1"],
    ["rows lost yesterday", { lossMinutes: 1500 }, "fix forward", "P2"],
    ["a few wrong rows since the release", { corruption: "minor", sinceChangeMinutes: 5 }, "level 2", "P2"],
    ["wrong pages", { corruption: "major", restarted: true }, "level 3", "P1"],
    ["a web shell and wrong pages", { security: "suspected", corruption: "major" }, "isolate", "P1"],
    ["a breach that is understood", { security: "cleared", errorPercent: 99 }, "level 3", "P1"],
  ])("for %s", (_, symptoms, outcome, priority) => {
    expect(decided(symptoms)).toMatchObject({ outcome, priority });
  });

  it("differs by profile", () => {
    const symptoms = { errorPercent: 6, errorType: "exceptions", sinceChangeMinutes: 6 } as const;
    expect(decided(symptoms)).toMatchObject({ outcome: "monitor", minutes: 9, priority: "P3" });
    expect(decided(symptoms, "collaboration")).toMatchObject({ outcome: "level 1", priority: "P2" });
    expect(decided({ lossMinutes: 20 }, "collaboration").outcome).toBe("fix forward");
    expect(decided({ latencySeconds: 3, sinceChangeMinutes: 6 }, "video")).toMatchObject({ severity: "none" });
  });

  it("says for how long to watch: what is left of the patience", () => {
    expect(decided({}).minutes).toBe(15);
    expect(decided({ errorPercent: 12, lastingMinutes: 1.5 }).minutes).toBe(4);
    expect(decided({ errorPercent: 60, lastingMinutes: 1.9 }).minutes).toBe(1);
  });
});

it("prints outcome, priority, reasons, what was refused, and what to type", () => {
  const decision = decided({ errorPercent: 60, errorType: "exceptions", sinceChangeMinutes: 3, lastingMinutes: 2 });
  expect(renderDecision(decision, nextOf(decision, { stack: "production" }))).toMatchInlineSnapshot(`
    "level 1, P1 (release wrong)
      it began with the last change: traffic goes back to the other, warm color within a second, and loses no request on the way
      errors: 60 %, the code throws (minor from 5, serious from 10, critical from 50)
      it lasts for 2 min (critical trouble is watched for 2 min)
      the last change was 3 min ago; it began within 15 min after that
    not
      restart      it was tried, or cannot help: the code throws, or what was just started fails at once
      level 2      schema and set are right: traffic alone is enough
      level 3      the data are right
      fix forward  a fix takes longer than the way back, and can be made in peace afterwards
    next
      npx switchback rollback --quick --reason "release wrong: errors 60 %, the code throws" --stack production
    see docs/runbooks/failed-deploy.md"
  `);
});

it("puts what was seen into the reason, as one word for the shell", () => {
  const decision = decided({ crash: "down" });
  const { commands } = nextOf(decision, { stack: "production", service: "orders" });
  expect(commands[0]).toBe(
    'npx switchback restart orders --reason "processes sick: a container ended, and stays down" --stack production',
  );
});
