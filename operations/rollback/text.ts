/** Width that everything is readable at. */
const columns = 80;

/** Breaks a line between words; the parts after the first stand below its text. */
export function wrap(line: string, hang = line.length - line.trimStart().length): string[] {
  if (line.length <= columns) return [line];
  const cut = line.lastIndexOf(" ", columns);
  // A word that is longer than the line stays whole, so that it can be copied.
  const at = cut > hang ? cut : line.indexOf(" ", columns);
  if (at < 0) return [line];
  return [line.slice(0, at), ...wrap(`${" ".repeat(hang)}${line.slice(at + 1)}`, hang)];
}

/** Rows as columns, the last of which is broken to fit. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.flatMap((row) => {
    const before = row
      .slice(0, -1)
      .map((cell, column) => `${cell.padEnd(widths[column]!)}  `)
      .join("");
    return wrap(`${before}${row.at(-1)}`.trimEnd(), before.length);
  });
}

/** "3 min", "2 h", "5 d". @param since RFC 3339 */
export function age(since: string | null, now: string): string {
  if (since === null) return "";
  const seconds = Math.max(0, (Date.parse(now) - Date.parse(since)) / 1000);
  if (seconds < 90) return `${seconds.toFixed(0)} s`;
  if (seconds < 5400) return `${(seconds / 60).toFixed(0)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(0)} h` : `${(seconds / 86_400).toFixed(0)} d`;
}
