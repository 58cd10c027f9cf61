/** A table for the terminal: the first column to the left, the others to the right. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(header), rule, ...rows.map(line)].join("\n");
}

/** Rounded for people: milliseconds where they matter. */
export const inSeconds = (seconds: number): string => (seconds < 10 ? seconds.toFixed(3) : seconds.toFixed(1));

/** Rounded for a file: no more digits than were measured. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
