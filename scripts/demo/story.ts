import type { Commands } from "../moves.ts";

const telling =
  /(?:verdict|gate|confirmed|holding|fenced|released|safety backup|restore point): |switching |moved in |draining |the schema is at |\d{4}_\w+: |Duration: /;

/** The lines of an `up` that tell the story, each once, without what the engine puts before them. */
export function briefly(output: string): string {
  const lines = output.split("\n").flatMap((line) => {
    const found = telling.exec(line);
    return found ? [line.slice(found.index).trim()] : [];
  });
  return indented([...new Set(lines)].join("\n"));
}

/** The verdict of a preview: its first line and the conditions that are not met. */
export const refusal = (output: string): string =>
  indented(
    output
      .split("\n")
      .filter((line) => /verdict: |^\s+(?:no|unknown)\s/.test(line))
      .map((line) => line.trim())
      .join("\n"),
  );

/** The commands as one would type them. */
export const typed = (commands: Commands): string =>
  commands.map((words) => `$ switchback config ${words.join(" ")}`).join("\n");

export const indented = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
