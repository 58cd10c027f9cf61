import type Docker from "dockerode";
import type { ValidationReport } from "../validation/report.ts";
import { validate } from "../validation/run.ts";
import type { Validated } from "./carry-out.ts";

/**
 * Looks whether what serves now is well. What cannot be validated is unknown, and fails nothing; what the logs told of before is
 * why somebody went back.
 */
export async function validateAfter(docker: Docker, stack: string, depth: "quick" | "thorough"): Promise<Validated> {
  try {
    const report = await validate(docker, stack, { depth, logsSince: Math.ceil(Date.now() / 1000) });
    return { verdict: report.verdict, report, failed: failedIn(report) };
  } catch (error) {
    return { verdict: "unknown", report: { error: (error as Error).message }, failed: [] };
  }
}

/** What a validation found that is not well, for people. */
export const failedIn = ({ checks }: Pick<ValidationReport, "checks">): string[] =>
  checks.filter(({ verdict }) => verdict === "fail").map(({ name, value }) => `  fail  ${name}: ${value}`);
