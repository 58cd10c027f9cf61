import { causeless } from "./rows-broken.ts";
import type { Row, When } from "./table.ts";

const due: When = { ...causeless, severity: ["minor", "serious", "critical"], due: ["yes"] };
const beyondRestart: When = { ...due, restart: ["cannot help", "was tried"] };
const otherwise = ["unknown", "before", "later"] as const;

/** Errors, latency, crashes and used up resources without another cause. */
export const running: readonly Row[] = [
  {
    name: "calm",
    when: { ...causeless, severity: ["none"] },
    outcome: "monitor",
    priority: "P4",
    because: "nothing that was told is above a threshold",
    refused: {
      restart: "there is nothing that it could help",
      "level 1": "nothing that was told speaks against the release",
    },
    next: ["sleep {seconds}; switchback decide --live"],
    page: "docs/decision.md",
  },
  {
    name: "not for long yet",
    when: { ...causeless, severity: ["minor", "serious", "critical"], due: ["no"] },
    outcome: "monitor",
    priority: "P4",
    because: "it lasts for less than trouble of its severity is watched: what passes by itself needs nothing",
    refused: {
      restart: "it may have passed before the restart ends",
      "level 1": "one spike is no reason to go back",
    },
    next: ["sleep {seconds}; switchback decide --live"],
    page: "docs/decision.md",
  },
  {
    name: "processes sick",
    when: { ...due, restart: ["helps"] },
    outcome: "restart",
    priority: "P3",
    because: "hung requests, memory and connections go with the process that has them: a restart is tried first",
    refused: {
      "level 1": "the next step, if a restart does not help and it began with the last change",
      "fix forward": "a restart shows within a minute whether there is something to fix at once",
    },
    next: ["switchback restart {service} {why}", "sleep 60; switchback decide --live --restarted"],
    page: "docs/runbooks/service-crash.md",
  },
  {
    name: "release wrong",
    when: { ...beyondRestart, began: ["soon"], other: ["warm"] },
    outcome: "level 1",
    priority: "P3",
    because:
      "it began with the last change: traffic goes back to the other, warm color within a second, and loses no request on the way",
    refused: {
      restart: "it was tried, or cannot help: the code throws, or what was just started fails at once",
      "level 2": "schema and set are right: traffic alone is enough",
      "level 3": "the data are right",
      "fix forward": "a fix takes longer than the way back, and can be made in peace afterwards",
    },
    next: ["switchback rollback --quick {why}"],
    page: "docs/runbooks/failed-deploy.md",
  },
  {
    name: "release wrong, no warm color",
    when: { ...beyondRestart, began: ["soon"], other: ["cold"] },
    outcome: "level 2",
    priority: "P3",
    because:
      "it began with the last change, and the other color is closed, down or absent: it is made anew, with the schema that it accepts",
    refused: {
      restart: "it was tried, or cannot help: the code throws, or what was just started fails at once",
      "level 1": "traffic never moves to a color that cannot serve",
      "level 3": "the data are right",
    },
    next: ["switchback rollback --level 2 --to previous {why}"],
    page: "docs/runbooks/bad-migration.md",
  },
  {
    name: "too little of something",
    when: { ...beyondRestart, began: otherwise, strain: ["yes"] },
    outcome: "free resources",
    priority: "P3",
    because:
      "memory or connections are used up, a restart does not help, and the last change is not known to have done it",
    refused: {
      restart: "it was tried, or cannot help",
      "level 1": "the former release needs as much: it did not begin with the last change, or nobody knows",
      "level 2": "the former release needs as much: it did not begin with the last change, or nobody knows",
    },
    next: [
      "switchback status",
      "# raise what is used up, for the color without traffic first:",
      "switchback config set --path colors.{idle}.services.{service}.memoryMb MORE",
      "switchback up --yes",
      "switchback config set activeColor {idle}",
      "switchback up --yes",
    ],
    page: "docs/runbooks/resource-exhaustion.md",
  },
  {
    name: "something else",
    when: { ...beyondRestart, began: otherwise, strain: ["no"] },
    outcome: "fix forward",
    priority: "P3",
    because: "the last change is not known to have done it: find what did; going back is for what a change has brought",
    refused: {
      restart: "it was tried, or cannot help",
      "level 1": "it did not begin with the last change, or nobody knows: say when with --since-change and --lasting",
      "level 2": "it did not begin with the last change, or nobody knows: say when with --since-change and --lasting",
      "level 3": "the data are right",
    },
    next: ["switchback status", "docker logs --since 15m {container}"],
    page: "docs/decision.md",
  },
];
