import { wrap } from "../rollback/text.ts";
import type { Change } from "./changes.ts";
import type { Figures, Measured, Spread } from "./figures.ts";

/** Changes as a table, newest last, each with what and why on a line of its own, and what they come to; for 80 columns. */
export function renderHistory(changes: readonly Change[], figures: Figures): string {
  if (changes.length === 0) return "no changes";
  const rows = changes.map((change) => [
    change.startedAt.slice(0, 19).replace("T", " "),
    `${change.level ?? "-"}`,
    change.kind,
    change.status === "started" ? "no end" : change.status,
    time(change.durationMs),
    time(change.downtimeMs),
    change.failedRequests === undefined ? "-" : `${change.failedRequests}`,
  ]);
  const [titles, rule, ...lines] = table(head, rows).split("\n");
  const told = changes.flatMap((change, at) => [lines[at]!, ...wrap(`  ${whatAndWhy(change)}`)]);
  return `${[titles, rule, ...told].join("\n")}\n\n${renderFigures(figures)}`;
}

const head = ["started (UTC)", "level", "kind", "status", "took", "downtime", "failed"];

const whatAndWhy = ({ from, to, actor, reason }: Change): string =>
  `${from ?? "-"} -> ${to ?? "-"} by ${actor}${reason ? `: ${reason}` : ""}`;

export function renderFigures(figures: Figures): string {
  const { successRate, recovery, failedDeploymentRecovery: dora, downtimeMs, failedRequests } = figures;
  const { rollbacks, falseRollbacks, recoveryAccuracy, changes, byStatus, reasons } = figures;
  const counted = Object.entries(byStatus).filter(([, n]) => n > 0);
  const lines = [
    [
      "changes",
      `${changes}: ${counted.map(([status, n]) => `${n} ${status === "started" ? "without an end" : status}`).join(", ")}`,
    ],
    ["success rate", percent(successRate)],
    ["MTTR", spread(recovery)],
    ["failed deployment recovery time", spread(dora)],
    ["downtime", `${time(downtimeMs)}, ${failedRequests} failed requests`],
    ["rollbacks", `${rollbacks}, of which false: ${falseRollbacks}`],
    ["recovery accuracy", percent(recoveryAccuracy)],
  ].flatMap(([name, value]) => wrap(`${name!.padEnd(31)}  ${value}`, 33));
  const against = [
    ...Object.entries(figures.levels).map(([level, measured]) => [`level ${level}`, ...cells(measured)]),
    ...Object.entries(figures.components).map(([name, measured]) => [name, ...cells(measured)]),
  ].filter(([, n, target]) => n !== "0" || target !== "-");
  const why = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  return [
    lines.join("\n"),
    ...(against.length > 0 ? [table(["against", "n", "RTO", "within", "p50", "p95", "max"], against)] : []),
    table(
      ["changes", "reason"],
      why.map(([reason, n]) => [`${n}`, reason]),
    ),
  ].join("\n\n");
}

const cells = ({ n, targetMs, within, p50Ms, p95Ms, maxMs }: Measured): string[] => [
  `${n}`,
  targetMs === null ? "-" : time(targetMs),
  targetMs === null ? "-" : percent(within),
  time(p50Ms),
  time(p95Ms),
  time(maxMs),
];

const spread = ({ n, meanMs, p50Ms, p95Ms, maxMs }: Spread): string =>
  n === 0 ? "-" : `mean ${time(meanMs)} (n ${n}, p50 ${time(p50Ms)}, p95 ${time(p95Ms)}, max ${time(maxMs)})`;

const percent = (share: number | null): string => (share === null ? "-" : `${(share * 100).toFixed(1)} %`);

/** Milliseconds for people. */
export function time(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "-";
  if (ms < 100_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${(ms / 60_000).toFixed(1)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("  ")
      .trimEnd();
  return [line(titles), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
