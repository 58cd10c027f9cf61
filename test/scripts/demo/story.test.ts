import { expect, test } from "vitest";
import { briefly, refusal, typed } from "../../../scripts/demo/story.ts";

test("of an `up` the lines that tell the story are shown, each once, without the engine's words before them", () => {
  const output = [
    "Updating (staging):",
    "    pulumi:pulumi:Stack switchback-staging verdict: allowed: level 2, green 2.1.0 -> blue 1.1.0",
    "    pulumi:pulumi:Stack switchback-staging   yes     docker   the engine answers",
    " ~  command:local:Command schema updating holding: requests wait in the router, for at most 10 s",
    " ~  command:local:Command schema updating 0004_discount_cents: down, 7 values of orders.discount_cents kept",
    " ~  command:local:Command router updating switching green 2.1.0 -> blue 1.1.0",
    " ~  command:local:Command router updating switching green 2.1.0 -> blue 1.1.0",
    "Duration: 6s",
  ];
  expect(briefly(output.join("\n"))).toBe(
    [
      "  verdict: allowed: level 2, green 2.1.0 -> blue 1.1.0",
      "  holding: requests wait in the router, for at most 10 s",
      "  0004_discount_cents: down, 7 values of orders.discount_cents kept",
      "  switching green 2.1.0 -> blue 1.1.0",
      "  Duration: 6s",
    ].join("\n"),
  );
});

test("of a preview that was refused the sentence and the conditions that are not met are shown", () => {
  const output = [
    "    pulumi:pulumi:Stack switchback-staging error: refused, nothing was changed: level 2",
    "Diagnostics:",
    "  pulumi:pulumi:Stack (switchback-staging):",
    "    error: refused, nothing was changed: level 2",
    "      dataLoss: expected nothing to be lost, got 7 values of orders.discount_cents",
    "",
    "Outputs:",
  ];
  expect(refusal(output.join("\n"))).toBe(
    "  refused, nothing was changed: level 2\n  dataLoss: expected nothing to be lost, got 7 values of orders.discount_cents",
  );
});

test("commands are shown as one would type them", () => {
  expect(typed([["rm", "schemaVersion"]])).toBe("$ switchback config rm schemaVersion");
});
