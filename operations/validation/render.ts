import type { Check } from "./check.ts";
import type { ValidationReport } from "./report.ts";

/** A report on one screen: one line for each check, under what is not ok its threshold and remedy, the verdict last. */
export function renderValidation({ stack, verdict, checks, depth, milliseconds, watched }: ValidationReport): string {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  const count = (one: Check["verdict"]) => checks.filter((check) => check.verdict === one).length;
  const rounds = watched ? `, ${watched.rounds} rounds in ${watched.seconds} s` : "";
  const flapped =
    watched && watched.flapped.length > 0 ? [`failed once, then passed: ${watched.flapped.join(", ")}`] : [];
  return [
    ...checks.flatMap((check) => renderCheck(check, width)),
    ...flapped,
    `${stack}: ${verdict}; ${count("ok")} ok, ${count("fail")} fail, ${count("unknown")} unknown (${depth}, ${(milliseconds / 1000).toFixed(1)} s${rounds})`,
  ].join("\n");
}

function renderCheck({ name, verdict, value = "", threshold, remedy }: Check, width: number): string[] {
  const first = `${verdict.padEnd(7)}  ${name.padEnd(width)}  ${value.replace(/\s+/g, " ")}`.trimEnd();
  if (verdict === "ok") return [first];
  return [
    first,
    ...(threshold === undefined ? [] : [`         expected: ${threshold}`]),
    ...(remedy === undefined ? [] : [`         remedy: ${remedy}`]),
  ];
}
