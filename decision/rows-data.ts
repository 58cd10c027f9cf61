import type { Row } from "./table.ts";

/** Somebody is in the system, or the data are wrong: what comes before everything else. */
export const data: readonly Row[] = [
  {
    name: "breach",
    when: { security: ["suspected"] },
    outcome: "isolate",
    priority: "P1",
    because:
      "somebody may be in the system: cut it off while it runs on, keep the evidence, notify, wait for clearance; then level 3 on fresh containers",
    refused: {
      restart: "what is in memory is evidence, and goes with the process",
      "level 1": "the other color has the same way in, and the same secrets",
      "level 3": "nobody knows yet since when the data are not to be trusted: after the clearance",
    },
    next: [
      "switchback isolate {why}",
      "switchback evidence list",
      "# notify whoever must know; find out when it began, and how; once it is understood:",
      "switchback decide --security cleared",
    ],
    page: "docs/runbooks/breach.md",
  },
  {
    name: "breach understood",
    when: { security: ["cleared"] },
    outcome: "level 3",
    priority: "P1",
    because: "what ran is not to be trusted: fresh containers of recorded digests, and the data from before it began",
    refused: {
      restart: "it starts the same containers again",
      "level 1": "the other color was in reach all the time",
      "level 2": "what was written into the data would stay",
    },
    next: [
      "switchback config set targetTime TIME",
      "switchback clear --approved-by NAME {why}",
      "# look behind the maintenance page, then:",
      "switchback maintenance off {why}",
    ],
    page: "docs/runbooks/breach.md",
  },
  {
    name: "data damaged",
    when: { security: ["none"], corruption: ["major"] },
    outcome: "level 3",
    priority: "P1",
    because: "more is wrong than anybody can name: the data go back to before it, in a generation of their own",
    refused: {
      restart: "what is wrong on the disk is wrong after it",
      "level 1": "corruption is never level 1: the other color works on the same data",
      "level 2": "a migration would go over damaged rows, and repairs none",
      "fix forward": "every repair would be built on rows that may be wrong too",
    },
    next: [
      "switchback maintenance on {why}",
      "switchback config set targetTime TIME",
      "switchback preview",
      "switchback up --yes --skip-preview",
      "switchback audit",
      "switchback maintenance off {why}",
    ],
    page: "docs/runbooks/corruption.md",
  },
  {
    name: "rows just lost",
    when: { security: ["none"], corruption: ["none", "minor"], loss: ["recent"] },
    outcome: "level 3",
    priority: "P1",
    because: "so little was written since that all data go back to just before the loss",
    refused: {
      restart: "rows do not come back by it",
      "level 1": "the other color works on the same data",
      "level 2": "code, schema and set are right; rows are gone",
      "fix forward": "looking for rows one by one takes longer than so short a way back",
    },
    next: ["switchback config set targetTime TIME", "switchback preview", "switchback up --yes --skip-preview"],
    page: "docs/runbooks/bad-delete.md",
  },
  {
    name: "release writes wrong rows",
    when: { security: ["none"], corruption: ["minor"], loss: ["none", "old"], began: ["soon"] },
    outcome: "level 2",
    priority: "P2",
    because:
      "it came with the last change: release, schema and set go back, so that no more is written; then the rows are repaired",
    refused: {
      restart: "the same code writes the same rows",
      "level 1":
        "corruption is never level 1: what the other color makes of such rows, and of this schema, nobody has looked at",
      "level 3": "a few rows are wrong: all good writes since would stay behind for them",
    },
    next: [
      "switchback rollback --level 2 --to previous {why}",
      "# then the rows, from a generation with the data of that moment:",
      "switchback restore-drill --to TIME {why}",
      "switchback recover-rows --from GENERATION TABLE",
    ],
    page: "docs/runbooks/bad-delete.md",
  },
  {
    name: "a few rows wrong",
    when: {
      security: ["none"],
      corruption: ["minor"],
      loss: ["none", "old"],
      began: ["unknown", "before", "later"],
    },
    outcome: "fix forward",
    priority: "P2",
    because:
      "a few rows are wrong, and the last change is not known to have done it: they are copied from a generation of former data",
    refused: {
      restart: "what is wrong on the disk is wrong after it",
      "level 1": "corruption is never level 1: the other color works on the same data",
      "level 3": "all good writes since would stay behind for a few rows",
    },
    next: ["switchback restore-drill --to TIME {why}", "switchback recover-rows --from GENERATION TABLE"],
    page: "docs/runbooks/bad-delete.md",
  },
  {
    name: "rows lost long ago",
    when: { security: ["none"], corruption: ["none"], loss: ["old"] },
    outcome: "fix forward",
    priority: "P2",
    because: "much was written since: the rows alone are copied from a generation of former data",
    refused: {
      "level 1": "the other color works on the same data",
      "level 2": "code, schema and set are right; rows are gone",
      "level 3": "everything written since would stay behind, which is more than was lost",
    },
    next: ["switchback restore-drill --to TIME {why}", "switchback recover-rows --from GENERATION TABLE"],
    page: "docs/runbooks/bad-delete.md",
  },
];
