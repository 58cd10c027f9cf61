/** How `switchback rollback` ends; docs/operators.md says it to people. */
export const exitCodes = {
  done: 0,
  /** The command line, the config or the engine: nothing was changed. */
  error: 1,
  /** A check, the verdict or a missing approval says no: nothing was changed. */
  refused: 3,
  /** Somebody said no, or Ctrl-C. */
  aborted: 4,
  /** Something was changed, and it did not come to its end. */
  failed: 5,
  /** It is done, and the validation afterwards found something. */
  unwell: 6,
} as const;

export type End = Exclude<keyof typeof exitCodes, "error">;
