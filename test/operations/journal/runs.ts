import type { Told } from "./chain.ts";

/** So many seconds after a moment. */
export const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 21, 2) + seconds * 1000).toISOString();
export const run = (second: number) => ({ run: `run-${second}` });

/** The first line of a change that begins so many seconds after the moment. */
export const begun = (second: number): Told => ({
  event: "begun",
  operation: "up",
  level: 1,
  from: "green 1.1.0",
  to: "blue 1.0.0",
  verdict: "level 1, green 1.1.0 -> blue 1.0.0",
  checks: [{ name: "health", answer: "yes", detail: "ready" }],
  reason: "green answers 500",
  actor: "kim@ops",
  gitAuthor: "Kim <kim@example.com>",
  ci: "gitlab https://ci.example.com/1",
  ...run(second),
  at: at(second),
});

/** A change of the traffic, from its beginning to its end 3 s later. */
export function change(second: number, from: string, to: string, back: boolean, reason = "r"): Told[] {
  const sides = {
    operation: "router",
    level: 1,
    from,
    to,
    epoch: `e-${second}`,
    reason,
    actor: "kim@ops",
    ...run(second),
  };
  const figures = { downtimeSeconds: 30, failedRequests: 467, failed: 0, back };
  return [
    { ...begun(second), from, to, reason },
    { ...sides, event: "switching", at: at(second + 1) },
    { ...sides, ...figures, event: "switched", seconds: 0.4, at: at(second + 2) },
    { event: "ended", operation: "up", actor: "kim@ops", ...run(second), at: at(second + 3) },
  ];
}

export const rollback = (second: number): Told[] =>
  change(second, "green 1.1.0", "blue 1.0.0", true, "green answers 500");

export const deploy = (second: number): Told[] => change(second, "blue 1.0.0", "green 1.1.0", false, "deploy");
