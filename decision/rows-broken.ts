import type { Row, When } from "./table.ts";

const sound: When = { security: ["none"], corruption: ["none"], loss: ["none"] };
const reachable: When = { ...sound, dependency: ["up"] };
const roomy: When = { ...reachable, disk: ["free"] };
const notBefore = ["unknown", "soon", "later"] as const;

/** A cause is known: a dependency, the disk, the schema, the config. */
export const broken: readonly Row[] = [
  {
    name: "dependency shaky",
    when: { ...sound, dependency: ["down"], severity: ["none", "minor"] },
    outcome: "monitor",
    priority: "P3",
    because: "what both colors use does not answer, and users notice little",
    refused: {
      restart: "it brings no dependency back",
      "level 1": "a failing shared dependency is not a rollback: the other color calls the same",
      "level 2": "an older release calls the same",
    },
    next: ["switchback status", "sleep {seconds}; switchback decide --live --dependency-down"],
    page: "docs/runbooks/cascading-failure.md",
  },
  {
    name: "dependency down",
    when: { ...sound, dependency: ["down"], severity: ["serious", "critical"] },
    outcome: "fix forward",
    priority: "P2",
    because: "what both colors use does not answer: bring that back, or do without it",
    refused: {
      restart: "it brings no dependency back, and all clients of it come again at once",
      "level 1": "a failing shared dependency is not a rollback: the other color calls the same",
      "level 2": "an older release calls the same; nothing could be checked on the way",
      "level 3": "the data are right",
    },
    next: [
      "switchback status",
      "# users see a page until it is back:",
      "switchback maintenance on {why}",
      "switchback maintenance off {why}",
    ],
    page: "docs/runbooks/cascading-failure.md",
  },
  {
    name: "disk full",
    when: { ...reachable, disk: ["full"] },
    outcome: "free resources",
    priority: "P2",
    because: "nothing that writes works on a full disk, a way back least of all",
    refused: {
      restart: "a database that finds no room does not start again",
      "level 1": "the other color writes to the same disk",
      "level 2": "its safety backup needs room",
      "level 3": "a second generation needs more room than anything else",
    },
    next: ["docker system df", "switchback gc", "switchback gc --yes"],
    page: "docs/runbooks/resource-exhaustion.md",
  },
  {
    name: "schema does not fit",
    when: { ...roomy, schema: ["trouble"], began: notBefore },
    outcome: "level 2",
    priority: "P2",
    because: "code and schema do not fit each other: release, schema and set go back together",
    refused: {
      restart: "the schema is the same after it",
      "level 1": "traffic alone leaves the schema where it is",
      "level 3": "the schema goes back by migrations, without a write that stays behind",
    },
    next: ["switchback rollback --level 2 --to previous {why}"],
    page: "docs/runbooks/bad-migration.md",
  },
  {
    name: "schema did not fit before",
    when: { ...roomy, schema: ["trouble"], began: ["before"] },
    outcome: "fix forward",
    priority: "P2",
    because: "code and schema did not fit before the last change either: a migration forward repairs it",
    refused: {
      restart: "the schema is the same after it",
      "level 1": "traffic alone leaves the schema where it is",
      "level 2": "what it would go back to had the trouble already",
    },
    next: ["switchback status", "# write the migration, name it in the release, then:", "switchback preview"],
    page: "docs/migrations.md",
  },
  {
    name: "config wrong",
    when: { ...roomy, schema: ["fits"], config: ["bad"], began: notBefore },
    outcome: "level 2",
    priority: "P2",
    because: "the set is wrong: the former set is known to work, and goes back with its release",
    refused: {
      restart: "it reads the same set again",
      "level 1": "what both colors share of it would stay: the platform set, and the keys of the stack",
      "fix forward": "a set written in haste was read by nobody",
    },
    next: ["switchback rollback --level 2 --to previous {why}"],
    page: "docs/runbooks/config-error.md",
  },
  {
    name: "config was wrong before",
    when: { ...roomy, schema: ["fits"], config: ["bad"], began: ["before"] },
    outcome: "fix forward",
    priority: "P3",
    because:
      "the set was wrong before the last change too: a corrected set for the color without traffic, then a switch",
    refused: {
      restart: "it reads the same set again",
      "level 1": "what it would go back to had the trouble already",
      "level 2": "what it would go back to had the trouble already",
    },
    next: [
      "switchback config set --path colors.{idle}.releaseSet SET",
      "switchback config set activeColor {idle}",
      "switchback preview",
      "switchback up --yes --skip-preview",
    ],
    page: "docs/runbooks/config-error.md",
  },
];

/** No cause is known but the release itself. */
export const causeless: When = { ...roomy, schema: ["fits"], config: ["good"] };

/** What rows have in common, and what docs/decision.md calls it; the longer ones first. */
export const common: readonly (readonly [string, When])[] = [
  ["no known cause", causeless],
  ["data right, dependencies up, disk free", roomy],
  ["data right, dependencies up", reachable],
  ["data right", sound],
];
