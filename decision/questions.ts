import { readChoice, readMinutes, readPercent, readSeconds, readYes } from "./answers.ts";
import { type Bands, corruptions, crashes, errorTypes, type Symptoms, securities, sides } from "./symptoms.ts";

type Field = keyof Symptoms;
type Value = string | number | boolean;

/** How a symptom is told: by a flag, or by the answer to a question. */
export interface Question {
  readonly field: Field;
  /** Bands that follow from it. */
  readonly bands: readonly (keyof Bands)[];
  /** Without its dashes. */
  readonly flag: string;
  /** A value of the flag; unset: the flag has none. */
  readonly example?: string;
  readonly meaning: string;
  readonly question: string;
  /** The value that a text stands for; throws what was expected and what was got. */
  readonly read: (text: string) => Value;
  /** Without an answer to this one it is not asked. */
  readonly after?: Field;
}

/** In the order in which they are asked: what settles most comes first. */
export const questions: readonly Question[] = [
  {
    field: "security",
    bands: ["security"],
    flag: "security",
    example: securities.join("|"),
    meaning: "somebody may be in the system; or: what happened is understood",
    question: `May somebody be in the system who should not be? (${securities.join(", ")})`,
    read: readChoice(securities),
  },
  {
    field: "corruption",
    bands: ["corruption"],
    flag: "corruption",
    example: corruptions.join("|"),
    meaning: "a few rows that can be named are wrong; or: more, or damaged pages",
    question: `Are data wrong: a few rows that can be named (minor), or more, or damaged pages (major)?`,
    read: readChoice(corruptions),
  },
  {
    field: "lossMinutes",
    bands: ["loss"],
    flag: "data-loss",
    example: "20m",
    meaning: "rows are gone: how long ago they went",
    question: "Are rows gone? How long ago did they go? (such as 20m, 3h)",
    read: readMinutes,
  },
  {
    field: "dependencyDown",
    bands: ["dependency"],
    flag: "dependency-down",
    meaning: "something that both colors use does not answer",
    question: "Is something down that both colors use?",
    read: readYes,
  },
  {
    field: "diskPercent",
    bands: ["disk"],
    flag: "disk",
    example: "95",
    meaning: "percent used of the disk",
    question: "How full is the disk, in percent?",
    read: readPercent,
  },
  {
    field: "schemaTrouble",
    bands: ["schema"],
    flag: "schema-trouble",
    meaning: "code and schema do not fit each other",
    question: "Do code and schema not fit each other: missing columns or tables, a failed migration?",
    read: readYes,
  },
  {
    field: "badConfig",
    bands: ["config"],
    flag: "bad-config",
    meaning: "a set, or a value of the config, is wrong",
    question: "Is a set, or a value of the config, known to be wrong?",
    read: readYes,
  },
  {
    field: "errorPercent",
    bands: ["errors"],
    flag: "error-rate",
    example: "12",
    meaning: "percent of the requests answered with 500 and above",
    question: "How many percent of the requests fail?",
    read: readPercent,
  },
  {
    field: "errorType",
    bands: ["errorType"],
    flag: "error-type",
    example: errorTypes.join("|"),
    meaning: "of most of them: the code throws; or: nothing answers",
    question: `Of most of them: does the code throw, or does nothing answer? (${errorTypes.join(", ")})`,
    read: readChoice(errorTypes),
    after: "errorPercent",
  },
  {
    field: "latencySeconds",
    bands: ["latency"],
    flag: "latency",
    example: "3s",
    meaning: "time that 95 % of the requests do not take longer than; also `800ms`",
    question: "How long do requests take, the slowest 5 % left out? (such as 3s, 800ms)",
    read: readSeconds,
  },
  {
    field: "crash",
    bands: ["crash"],
    flag: "crash",
    example: crashes.join("|"),
    meaning: "a container ended, and runs again; stays down; or ends again and again",
    question: `Did a container end: once and runs again (once), stays down (down), again and again (loop)?`,
    read: readChoice(crashes),
  },
  {
    field: "memoryPercent",
    bands: ["memory"],
    flag: "memory",
    example: "95",
    meaning: "percent used of a container's memory, the worst one's",
    question: "How much of its memory does the worst container use, in percent?",
    read: readPercent,
  },
  {
    field: "connectionsPercent",
    bands: ["connections"],
    flag: "connections",
    example: "95",
    meaning: "percent used of the connections that the pooler admits",
    question: "How many of the connections to the database are used, in percent?",
    read: readPercent,
  },
  {
    field: "leak",
    bands: ["leak"],
    flag: "leak",
    meaning: "memory or connections grow without end",
    question: "Do memory or connections grow without end?",
    read: readYes,
  },
  {
    field: "sinceChangeMinutes",
    bands: ["began", "outlasts"],
    flag: "since-change",
    example: "3m",
    meaning: "how long ago the last change was: of traffic, release, schema, set or data",
    question: "How long ago was the last change? (such as 3m, 2d)",
    read: readMinutes,
  },
  {
    field: "lastingMinutes",
    bands: ["began", "outlasts"],
    flag: "lasting",
    example: "4m",
    meaning: "for how long it lasts now",
    question: "For how long does it last now?",
    read: readMinutes,
  },
  {
    field: "restarted",
    bands: ["restarted"],
    flag: "restarted",
    meaning: "a restart was tried since it began, and did not help",
    question: "Was a restart tried since it began, without help?",
    read: readYes,
  },
  {
    field: "otherColor",
    bands: ["other"],
    flag: "other-color",
    example: sides.join("|"),
    meaning: "whether the color without traffic could serve",
    question: `Could the color without traffic serve (warm), or is it closed, down or absent (cold)?`,
    read: readChoice(sides),
  },
];

/** The symptoms that flags tell. Throws, naming the flag, what was expected and what was got. */
export function symptomsOf(flags: Readonly<Record<string, string | boolean | undefined>>): Symptoms {
  const given = questions.filter(({ flag }) => flags[flag] !== undefined && flags[flag] !== false);
  return Object.fromEntries(
    given.map(({ field, flag, read }) => {
      const text = flags[flag];
      try {
        return [field, text === true ? true : read(text as string)];
      } catch (error) {
        throw new Error(`--${flag}: ${(error as Error).message}`);
      }
    }),
  );
}
