import type { Decision } from "./decide.ts";
import { table } from "./table.ts";

/** What is known of the stack; what is not stands there as a word in capitals. */
export interface Names {
  readonly stack?: string | undefined;
  /** The service that is sick. */
  readonly service?: string | undefined;
  /** A container of it. */
  readonly container?: string | undefined;
  /** The color without traffic. */
  readonly idle?: string | undefined;
}

export interface Next {
  /** Lines for a shell, comments among them. */
  readonly commands: readonly string[];
  /** Page that says what is seen, what it costs and how to go back. */
  readonly page: string;
}

/** The exact next commands of a decision. */
export function nextOf({ row, reasons, minutes }: Decision, names: Names): Next {
  const { next, page } = table.find(({ name }) => name === row)!;
  const words = {
    why: `--reason ${quoted(shortReason(row, reasons))}`,
    seconds: `${(minutes ?? 0) * 60}`,
    service: names.service ?? "SERVICE",
    container: names.container ?? "CONTAINER",
    idle: names.idle ?? "COLOR",
  };
  const filled = next.map((line) => line.replace(/\{(\w+)\}/g, (_, word: keyof typeof words) => words[word]));
  return { commands: filled.map((line) => withStack(line, names.stack ?? "STACK")), page };
}

/** What goes to the journal: the row, and what was seen first. */
const shortReason = (row: string, [, seen]: readonly string[]) =>
  seen === undefined ? row : `${row}: ${seen.replace(/ \(.*/, "").replace(":", "")}`;

const quoted = (text: string) => `"${text.replace(/["$`\\!]/g, "")}"`;

const withStack = (line: string, stack: string) =>
  line.replace(
    /^(sleep \d+; )?(switchback .*)$/,
    (_, sleep = "", command) => `${sleep}npx ${command} --stack ${stack}`,
  );
