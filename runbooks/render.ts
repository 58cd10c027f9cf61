import { type Block, fill, type Prose, type Runbook, type Step } from "./runbook.ts";

/** The page of a runbook, in Markdown. @param stack whose name the commands have */
export function renderRunbook(book: Runbook, stack: string): string {
  const values = { ...book.example, stack };
  const parts = book.parts.flatMap(({ title, blocks }) => [
    ...(title ? [`## ${title}`] : []),
    ...blocks.map((block) => renderBlock(filled(block, values))),
  ]);
  return [`# ${book.title}`, ...parts].join("\n\n");
}

/** Names are put in before lines are broken. */
const filled = (block: Block, values: Readonly<Record<string, string>>): Block =>
  JSON.parse(JSON.stringify(block), (_, value: unknown) => (typeof value === "string" ? fill(value, values) : value));

/** The list of all runbooks, in Markdown. */
export function renderList(books: readonly Runbook[]): string {
  const rows = books.map(({ name, symptom }) => `| ${symptom} | [${name}](${name}.md) |`);
  return [
    "# Runbooks",
    paragraph([
      "One page per emergency: when, what to type, what you see, what it costs, how to go back. The stack is `production`; every",
      "command runs in the project's folder and, with the CLI, is the same with `pulumi` in the place of `npx switchback` where it",
      "is one of `config`, `preview`, `up`, `refresh` and `stack`. Look first: `npx switchback status --stack production`. Not sure",
      "what it is? `npx switchback decide --live --stack production` measures, asks the rest, and names the page:",
      "[decision.md](../decision.md).",
    ]),
    paragraph([
      "`npx switchback runbook bad-delete --stack staging` prints a page with the commands for that stack, `--json` the same as data.",
      "Made from `runbooks/` by `npm run fix`. Tests go by every page, command by command.",
    ]),
    ["| what is wrong | page |", "|---|---|", ...rows].join("\n"),
  ].join("\n\n");
}

const width = 128;

function renderBlock(block: Block): string {
  if (typeof block === "string" || Array.isArray(block)) return paragraph(block as Prose);
  if ("steps" in block) return fence(renderSteps(block.steps), "sh");
  if ("when" in block) return labelled("When", block.when);
  if ("costs" in block) return labelled("What it costs", block.costs);
  if ("back" in block) return labelled("How to go back", block.back);
  if ("refused" in block) return labelled("If it is refused", block.refused);
  const output = "output" in block && block.output !== undefined ? [fence(block.output.join("\n"))] : [];
  return ["sees" in block ? [labelled("What you see", block.sees)] : [], output].flat().join("\n\n");
}

const labelled = (label: string, text: Prose) => paragraph([`**${label}.**`, ...[text].flat()]);

/** Comments stand below each other. */
function renderSteps(steps: readonly Step[]): string {
  const column = Math.max(...steps.map(({ run, because }) => (because ? run.length : 0))) + 3;
  return steps.map(({ run, because }) => (because ? `${run.padEnd(column)}# ${because}` : run)).join("\n");
}

const fence = (text: string, language = "") => `\`\`\`${language}\n${text}\n\`\`\``;

function paragraph(text: Prose): string {
  const lines = [text].flat();
  if (lines.some((line) => /^([-|]|\d+\.) ?/.test(line))) return lines.join("\n");
  const [first = "", ...words] = lines.join(" ").split(" ");
  const broken = [first];
  for (const word of words) {
    const line = `${broken.at(-1)} ${word}`;
    if (line.length <= width) broken.splice(-1, 1, line);
    else broken.push(word);
  }
  return broken.join("\n");
}
