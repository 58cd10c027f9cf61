/** What a check found: `detail` says it in a few words. */
export interface Finding {
  readonly done: boolean;
  readonly detail: string;
}

export interface Step {
  readonly name: string;
  /** Looks only; changes nothing. */
  check(): Promise<Finding>;
  /** What {@link Step.run} would do, said before it does it. */
  readonly plan: string;
  /** Does it; safe to interrupt and to repeat. @throws {@link SetupError} with what to do by hand */
  run(say: (line: string) => void): Promise<void>;
}

/** A set-up step that cannot be done here; the message says what to do instead. */
export class SetupError extends Error {}
