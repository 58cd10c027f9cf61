/**
 * Whether an entry of `allowDataLoss` covers a loss. An entry holds for the one step that used it: the number that was
 * used last has to be renewed, by another number.
 */
export const allowsLoss = (allowed: number | undefined, used: number | undefined, values: number): boolean =>
  values === 0 || (allowed !== undefined && allowed !== used && values <= allowed);

/** The number to set so that a loss is allowed. */
export const allowanceFor = (values: number, used: number | undefined): number =>
  values === used ? values + 1 : values;
