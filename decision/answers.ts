/** Readers of what a person types. Each throws what was expected and what was got. */

export const readChoice =
  <Choice extends string>(choices: readonly Choice[]) =>
  (text: string): Choice => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new Error(`expected ${choices.join(" or ")}, got ${JSON.stringify(text)}`);
  };

export function readYes(text: string): boolean {
  if (/^(y|yes)$/i.test(text)) return true;
  if (/^(n|no)$/i.test(text)) return false;
  throw new Error(`expected yes or no, got ${JSON.stringify(text)}`);
}

export function readPercent(text: string): number {
  const percent = /^\d+(\.\d+)?(?= ?%?$)/.exec(text)?.[0];
  if (percent !== undefined && Number(percent) <= 100) return Number(percent);
  throw new Error(`expected a percentage from 0 to 100 such as 12, got ${JSON.stringify(text)}`);
}

const unitSeconds = { ms: 0.001, s: 1, m: 60, min: 60, h: 3600, d: 86_400 } as const;

/** A time such as 3s or 800ms, in seconds. */
export const readSeconds = (text: string): number => duration(text, "3s or 800ms");

/** A time such as 3m or 2d, in minutes. */
export const readMinutes = (text: string): number => duration(text, "90s, 3m, 2h or 1d") / 60;

function duration(text: string, example: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|m|min|h|d)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * unitSeconds[unit as keyof typeof unitSeconds];
  throw new Error(`expected a time with its unit such as ${example}, got ${JSON.stringify(text)}`);
}
