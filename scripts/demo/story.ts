import type { Commands } from "../moves.ts";

const telling =
  /(?:verdict|gate|confirmed|holding|fenced): |safety backup safety-|switching |moved in |draining |the schema is at |\d{4}_\w+: |Duration: /;

/** The lines of an `up` that tell the story, each once, without what the engine puts before them. */
export function briefly(output: string): string {
  const lines = output.split("\n").flatMap((line) => {
    const found = telling.exec(line);
    return found ? [line.slice(found.index).trim()] : [];
  });
  return indented([...new Set(lines)].join("\n"));
}

/** What a preview that was refused said: its sentence, and each condition that is not met. */
export function refusal(output: string): string {
  const lines = output.slice(output.indexOf("Diagnostics:")).split("\n");
  const first = lines.findIndex((line) => line.includes("refused, nothing was changed"));
  const end = lines.findIndex((line, index) => index > first && line.trim() === "");
  return indented(
    lines
      .slice(first, end)
      .map((line) => line.trim().replace(/^error: /, ""))
      .join("\n"),
  );
}

/** The commands as one would type them. */
export const typed = (commands: Commands): string =>
  commands.map((words) => `$ switchback config ${words.join(" ")}`).join("\n");

export const indented = (text: string): string =>
  text
    .trim()
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
