/** One thing that was looked at in a restored generation. */
export interface Check {
  readonly name: string;
  /** `unknown`: there is nothing to compare it with, or no time was left; it neither passes nor fails. */
  readonly answer: "yes" | "no" | "unknown";
  /** What was found; of a `no`, what was expected too. */
  readonly detail: string;
}

export const yes = (name: string, detail: string): Check => ({ name, answer: "yes", detail });
export const unknown = (name: string, detail: string): Check => ({ name, answer: "unknown", detail });
export const no = (name: string, expected: string, got: string): Check => ({
  name,
  answer: "no",
  detail: `expected ${expected}, got ${got}`,
});

/** `yes` when both are equal. */
export const equal = (name: string, expected: string | number, got: string | number | null): Check =>
  got === expected ? yes(name, `${got}`) : no(name, `${expected}`, got === null ? "none" : `${got}`);

/** A restored generation is not what it should be. */
export class VerificationError extends Error {
  readonly checks: readonly Check[];

  constructor(container: string, checks: readonly Check[]) {
    const failed = checks.filter(({ answer }) => answer === "no");
    const list = failed.map(({ name, detail }) => `${name}: ${detail}`).join("; ");
    super(
      `expected ${container} to be what was asked for, got ${failed.length} of ${checks.length} checks that failed: ${list}. Nothing has switched; it is kept as it is, to be looked into`,
    );
    this.checks = checks;
  }
}

/** @throws {VerificationError} that lists every failed check */
export function assertPassed(container: string, checks: readonly Check[]): void {
  if (checks.some(({ answer }) => answer === "no")) throw new VerificationError(container, checks);
}
