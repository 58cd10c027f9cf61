import type Docker from "dockerode";
import { validate } from "../validation/run.ts";
import type { Validated } from "./carry-out.ts";

/** Looks whether what serves now is well. What cannot be validated is unknown, and fails nothing. */
export async function validateAfter(docker: Docker, stack: string, depth: "quick" | "thorough"): Promise<Validated> {
  try {
    const report = await validate(docker, stack, { depth });
    return { verdict: report.verdict, report };
  } catch (error) {
    return { verdict: "unknown", report: { error: (error as Error).message } };
  }
}
