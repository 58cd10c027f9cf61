import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { type Facts, factValues } from "../decision/facts.ts";
import { profileNames, profiles, type Thresholds } from "../decision/profiles.ts";
import { type Question, questions } from "../decision/questions.ts";
import { common } from "../decision/rows-broken.ts";
import { bandValues } from "../decision/symptoms.ts";
import { asked, type Row, table, type When } from "../decision/table.ts";

/** docs/decision.md, from the table that decides. */
export function renderDecisionDoc(): string {
  return `# What to do about it

Made from the table in \`decision/\` by \`npm run fix\`; a test says whether it is current.

\`\`\`sh
npx switchback decide --stack production                                      # asks, one question after another
npx switchback decide --live --stack production                               # measures what can be measured first
npx switchback decide --error-rate 12 --since-change 6m --restarted --stack production
\`\`\`

It answers with what to do, how urgent it is, why, why nothing else, and the commands to type. It changes nothing. A flag
counts before a measurement, and what nobody told or measured counts as absent. \`--json\` is for programs; in a pipe, and with
\`--non-interactive\`, it never asks.

| flag | what it says |
|---|---|
${questions.map(flagRow).join("\n")}

## Where numbers become severities

\`decision.profile\` chooses a profile for a stack, \`decision.thresholds\` replaces single numbers; \`--profile\` chooses for once.

| threshold | ${profileNames.join(" | ")} |
|---|${profileNames.map(() => "---|").join("")}
${thresholdRows().join("\n")}

${profileNames.map((name) => `- **${name}**${name === "telemetry" ? " (the default)" : ""} is for ${profiles[name].for}.`).join("\n")}

Where they differ from the default, and why:

${choices().join("\n")}

The three times belong to the three severities: minor trouble is watched for the longest, critical for the shortest time before
anything is done. Latency is the time that 95 % of the requests do not take longer than.

## From symptoms to what the table asks

- **severity** is the worst of: errors and latency by the thresholds; a container that ended once and runs again (minor), stays
  down or ends again and again (critical); memory, connections or a disk used up (serious); a leak (minor).
- **due** is yes when it has lasted for as long as its severity is watched, when nobody knows for how long, and at once for
  what is down or ends again and again.
- **restart** helps against latency, requests without an answer, a container that ended, memory, connections and leaks. It cannot
  help against code that throws, against a container that ends again and again, or against a color that was just started and
  is critical already.
- **began** is \`soon\` when it began after the last change, within the time in which a change is suspected. Untold, with a change
  as recent as that, it began with it.
- **strain** is yes when memory or connections are used up, or leak. **other** is \`warm\` unless it is told or measured that the
  color without traffic cannot serve.

## Rules that hold whatever else is wrong

- A restart is tried first where it can help.
- Corruption is never level 1, nor are lost rows.
- Security in doubt means: isolate, preserve, notify, wait for clearance, then level 3 on fresh containers.
- A failing shared dependency is not a rollback.
- Data go back only where they are wrong or not to be trusted; traffic and release only for what began with the last change, or
  for a schema or a set that is known to be wrong.

Tests hold the table against them for all ${Object.values(bandValues)
    .reduce((product, values) => product * values.length, 1)
    .toLocaleString("en")} combinations of symptoms, and prove that exactly one row holds for each.

## The table

A row holds when all that it names holds. Priority is the row's, or that of the severity where it is more urgent: critical P1,
serious P2, minor P3. *Data right* is: security none, corruption none, loss none. *No known cause* is that, with dependencies up,
disk free, schema fits, config good.

| row | when | do | priority |
|---|---|---|---|
${table.map(({ name, when, outcome, priority }) => `| [${name}](#${anchor(name)}) | ${whenWords(when)} | ${outcome} | ${priority} |`).join("\n")}

${table.map(section).join("\n\n")}
`;
}

const flagRow = ({ flag, example, meaning }: Question) =>
  `| \`--${[flag, example ?? []].flat().join(" ").replaceAll("|", "\\|")}\` | ${meaning} |`;

const names: Readonly<Record<string, string>> = {
  "errorPercent.minor": "errors, minor from (%)",
  "errorPercent.serious": "errors, serious from (%)",
  "errorPercent.critical": "errors, critical from (%)",
  "latencySeconds.serious": "latency, serious from (s)",
  "latencySeconds.critical": "latency, critical from (s)",
  "patienceMinutes.minor": "watched when minor (min)",
  "patienceMinutes.serious": "watched when serious (min)",
  "patienceMinutes.critical": "watched when critical (min)",
  suspectMinutes: "a change is suspected for (min)",
  "fullPercent.disk": "disk full from (%)",
  "fullPercent.memory": "memory full from (%)",
  "fullPercent.connections": "connections full from (%)",
  recentLossMinutes: "a loss is recent up to (min)",
};

const valueAt = (thresholds: Thresholds, path: string): number =>
  path.split(".").reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], thresholds) as number;

const thresholdRows = () =>
  Object.entries(names).map(
    ([path, words]) =>
      `| ${words}: \`${path}\` | ${profileNames.map((name) => valueAt(profiles[name].thresholds, path)).join(" | ")} |`,
  );

const choices = () =>
  profileNames.flatMap((name) =>
    Object.entries(profiles[name].choices).map(
      ([path, why]) => `- **${name}**, ${names[path]} ${valueAt(profiles[name].thresholds, path)}: ${why}.`,
    ),
  );

/** What a row asks, with a name for what it has in common with others. */
function whenWords(when: When): string {
  const shared = common.find(([, group]) => asked(group).every((name) => isDeepStrictEqual(group[name], when[name])));
  const own = asked(when).filter((name) => !shared || !(name in shared[1]));
  return [...(shared ? [shared[0]] : []), ...own.map((name) => `${name}: ${valueWords(name, when)}`)].join("; ");
}

/** The values, or what they leave out where that is shorter. */
function valueWords(name: keyof Facts, when: When): string {
  const values: readonly string[] = when[name]!;
  const rest = factValues[name].filter((value) => !values.includes(value));
  return rest.length === 1 && values.length > 2 ? `not ${rest[0]}` : values.join(" or ");
}

const anchor = (name: string) => name.replaceAll(",", "").replaceAll(" ", "-");

const section = ({ name, outcome, because, refused, next, page }: Row): string => `### ${name}

**${outcome}**: ${because}.

${Object.entries(refused)
  .map(([kind, why]) => `- not ${kind}: ${why}`)
  .join("\n")}

\`\`\`sh
${next.map(placeholders).join("\n")}
\`\`\`

See [${page.replace("docs/", "")}](${page.replace("docs/", "")}).`;

/** What a decision fills in. */
const placeholders = (line: string) =>
  line.replace("{why}", '--reason "…"').replace(/\{(\w+)\}/g, (_, word: string) => word.toUpperCase());

if (import.meta.main) writeFileSync("docs/decision.md", renderDecisionDoc());
