import { examine, type Finding } from "./examine.ts";

/** What the header of a migration file says. */
export interface Marks {
  readonly kind: "expand" | "contract";
  readonly down: "reversible" | "lossy" | "irreversible";
  readonly loses: readonly string[];
  /** Why nothing is lost by a down that drops something. */
  readonly lossless: string | undefined;
  /** Why earlier releases work with an expand that looks otherwise. */
  readonly compatible: string | undefined;
}

/**
 * Whether the SQL of a migration keeps to its marks.
 * @returns one sentence per problem, without the file's name
 */
export function lint(marks: Marks, up: string, down: string | null): string[] {
  const [goingUp, goingDown] = [examine(up), down === null ? [] : examine(down)];
  return [
    ...[...goingUp, ...goingDown].filter(({ does }) => does === "leaves the transaction").map(inTransaction),
    ...(marks.kind === "expand" && !marks.compatible ? goingUp.filter(breaksReleases).map(notExpand) : []),
    ...lossesDeclared(marks, goingDown),
    ...(down === null && marks.down !== "irreversible"
      ? [
          `expected a "-- Down Migration" section, as it is marked ${marks.down}, got none; write it, or mark it irreversible`,
        ]
      : []),
    ...(marks.down === "lossy" && marks.loses.length === 0
      ? [
          "expected a line `-- loses: <table>.<column>, …` (or `-- loses: <table>` for rows), as it is marked lossy, got none",
        ]
      : []),
    ...(marks.down !== "lossy" && marks.loses.length > 0
      ? [`expected the mark lossy, as it has a line \`loses\`, got ${marks.down}`]
      : []),
  ];
}

const breaksReleases = ({ does }: Finding) =>
  does === "drops" || does === "renames" || does === "removes" || does === "tightens";

const losesValues = ({ does }: Finding) =>
  does === "drops" || does === "renames" || does === "retypes" || does === "empties";

const inTransaction = ({ what }: Finding) =>
  `expected only statements that run in the one transaction of a change, got \`${what}\`; leave it out, or run it outside the migrations`;

const notExpand = ({ does, what }: Finding) =>
  `expected an expand to keep what earlier releases use, got an up that ${does} ${what}; mark it contract, or say why they still work: \`-- compatible: <why>\``;

function lossesDeclared(marks: Marks, down: readonly Finding[]): string[] {
  if (marks.lossless || marks.down === "irreversible") return [];
  if (marks.down === "reversible")
    return down
      .filter(losesValues)
      .map(
        ({ does, what }) =>
          `expected the down of a reversible migration to lose nothing, got one that ${does} ${what}; mark it lossy, or say why nothing is lost: \`-- lossless: <why>\``,
      );
  const declared = (what: string) => marks.loses.some((lost) => lost === what || what.startsWith(`${lost}.`));
  return down
    .filter(({ does, what }) => (does === "drops" || does === "empties") && !declared(what))
    .map(
      ({ does, what }) =>
        `expected \`-- loses:\` to name all that the down loses, got a down that ${does} ${what}; add it, or say why nothing else is lost: \`-- lossless: <why>\``,
    );
}
