/** What to do in an emergency. Its page in docs/runbooks is made of it, `switchback runbook` prints it, and a test goes by it. */
export interface Runbook {
  /** Name of the page, as `switchback runbook` takes it. */
  readonly name: string;
  readonly title: string;
  /** What is wrong, as somebody sees it; the row of the list. */
  readonly symptom: string;
  /** What the commands and outputs name in braces, as `{time}`, with a value to show; `stack` is always there. */
  readonly example: Readonly<Record<string, string>>;
  readonly parts: readonly Part[];
}

export interface Part {
  /** Undefined: the page's first part, below its title. */
  readonly title?: string;
  /** In the order in which they are read. */
  readonly blocks: readonly Block[];
}

/** A paragraph, or lines of one that belong together: Markdown, broken anew. A list or table keeps its lines. */
export type Prose = string | readonly string[];

export type Block =
  | Prose
  | Steps
  | { readonly when: Prose }
  | { readonly sees: Prose; readonly output?: readonly string[] }
  | { readonly output: readonly string[] }
  | { readonly costs: Prose }
  | { readonly back: Prose }
  | { readonly refused: Prose };

/** Commands that are typed one after the other, in the project's folder. */
export interface Steps {
  /** Unique in the runbook. */
  readonly id: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** A line for the shell. */
  readonly run: string;
  /** Why, or what it does, behind the command. */
  readonly because?: string;
  /** What its output has when it goes as it should. */
  readonly shows?: RegExp;
  /** Exit code, when it goes as it should; default: 0. */
  readonly code?: number;
}

/** The blocks of steps of a runbook, in order. */
export const stepsOf = ({ parts }: Runbook): readonly Steps[] =>
  parts.flatMap(({ blocks }) =>
    blocks.filter((block): block is Steps => typeof block === "object" && "steps" in block),
  );

/** Text with values for what it names in braces. @throws when one has no value */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/(?<!\{)\{([a-z]\w*)\}(?!\})/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`expected a value for {${name}} (${Object.keys(values).join(", ")}), got none`);
    return value;
  });
