export type CheckVerdict = "ok" | "fail" | "unknown";

/** One thing that was looked at in the live system. */
export interface Check {
  readonly name: string;
  /** `unknown`: it could not be looked at, mostly because something else is dead. */
  readonly verdict: CheckVerdict;
  /** What was found, or why nothing was. */
  readonly value?: string;
  /** What it was held against. */
  readonly threshold?: string;
  /** What to do; on what is not ok. */
  readonly remedy?: string;
}

export const ok = (name: string, value: string, threshold?: string): Check => ({
  name,
  verdict: "ok",
  value,
  ...(threshold !== undefined && { threshold }),
});

export const fail = (name: string, value: string, threshold: string, remedy: string): Check => ({
  name,
  verdict: "fail",
  value,
  threshold,
  remedy,
});

export const unknown = (name: string, value: string, remedy?: string): Check => ({
  name,
  verdict: "unknown",
  value,
  ...(remedy !== undefined && { remedy }),
});

/** `ok` or `fail`, with the remedy on the latter alone. */
export const judged = (passed: boolean, name: string, value: string, threshold: string, remedy: string): Check =>
  passed ? ok(name, value, threshold) : fail(name, value, threshold, remedy);

/** One that failed fails all; else one that is unknown leaves all unknown. Nothing looked at says nothing. */
export function verdictOf(checks: readonly Check[]): CheckVerdict {
  if (checks.some(({ verdict }) => verdict === "fail")) return "fail";
  return checks.length > 0 && checks.every(({ verdict }) => verdict === "ok") ? "ok" : "unknown";
}
