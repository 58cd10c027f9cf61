import type { ValidationReport } from "./report.ts";

export interface Watch {
  readonly seconds: number;
  /** From the end of a round to the next. */
  readonly pauseSeconds: number;
  readonly validate: () => Promise<ValidationReport>;
  /** A line whenever the verdict, or what is not ok, is another one. */
  readonly log: (line: string) => void;
  /** In ms. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/**
 * Validates again and again until the time is over. It ends at once when a check fails twice in a row, which is its word; one
 * that fails once is told, and asked again before the last word.
 */
export async function watch({ seconds, pauseSeconds, validate, log, now, sleep }: Watch): Promise<ValidationReport> {
  const begun = now();
  const flapped = new Set<string>();
  let before: readonly string[] = [];
  let told = "";
  for (let rounds = 1; ; rounds++) {
    const report = await validate();
    const failed = failedIn(report);
    const elapsed = Math.round((now() - begun) / 1000);
    for (const name of before.filter((name) => !failed.includes(name))) flapped.add(name);
    const line = describe(report);
    if (line !== told) log(`after ${elapsed} s: ${line}`);
    told = line;
    const settled = failed.length === 0 ? elapsed >= seconds : failed.some((name) => before.includes(name));
    if (settled) return { ...report, watched: { seconds: elapsed, rounds, flapped: [...flapped] } };
    before = failed;
    await sleep(Math.min(pauseSeconds, failed.length > 0 ? 2 : Math.max(0, seconds - elapsed)) * 1000);
  }
}

const failedIn = ({ checks }: ValidationReport) =>
  checks.filter(({ verdict }) => verdict === "fail").map(({ name }) => name);

const describe = ({ verdict, checks }: ValidationReport) =>
  [verdict, ...checks.filter((check) => check.verdict !== "ok").map((check) => `${check.name} ${check.verdict}`)].join(
    ", ",
  );

/** Seconds of a time such as 90s, 15m, 1h. @throws when it is none */
export function parseDuration(text: string): number {
  const [, number, unit = ""] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  if (number === undefined) throw new Error(`expected a time such as 90s, 15m or 1h, got ${JSON.stringify(text)}`);
  return Number(number) * { s: 1, m: 60, h: 3600 }[unit]!;
}
