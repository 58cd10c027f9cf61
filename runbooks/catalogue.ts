import type { Runbook } from "./runbook.ts";

export const catalogue: Runbook = {
  name: "catalogue",
  title: "The catalogue cannot be read",
  symptom: "the catalogue of generations cannot be read",
  example: {},
  parts: [
    {
      blocks: [
        {
          when: [
            "Which generation serves is written in `generations.json`, in the volume `{stack}-records`. When it is gone or broken, `up`",
            "refuses, because it does not guess:",
          ],
        },
        {
          output: [
            "    error: refused, nothing was changed: expected generations.json in {stack}-records, got none, but the volumes {stack}-database-restored-1425747a; see docs/runbooks/catalogue.md",
          ],
        },
        [
          "The application is served all the time: router and pooler have their own files. If only the container was stopped or",
          "removed, `docker start {stack}-records` or the next `up` is all there is to do.",
        ],
        {
          id: "rebuild",
          steps: [
            { run: "npx switchback status --stack {stack}", because: "what serves goes on", shows: /^serves +/m },
            {
              run: "npx switchback config rm targetTime --stack {stack}",
              because: "and targetBackup, targetLsn, generation",
            },
            {
              run: "npx switchback generations rebuild --stack {stack}",
              because: "tells, and changes nothing",
              shows: /nothing was changed/,
            },
            { run: "npx switchback generations rebuild --yes --stack {stack}", shows: /is made anew/ },
            { run: "npx switchback up --yes --stack {stack}", shows: /\d+ unchanged/ },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        [
          "The key has to go: that a target was done is written in the catalogue alone, and a new one would do it again.",
        ],
        {
          sees: [
            "The third command tells what it finds in the volumes that carry the stack's label, in their containers and in the pooler;",
            "the fourth puts it in its place. A file that cannot be read is kept beside it.",
          ],
          output: [
            "initial: ready, address 0, volume of 2026-11-21T19:22:30.000Z",
            "restored-1425747a: serves, address 1, volume of 2026-11-21T19:23:02.000Z",
          ],
        },
        [
          "- *serves*: the pooler's entries point to it.",
          "- *ready*: it served once; it can serve again with `config set generation`.",
          "- *abandoned*: it never served, as a restore that failed or a drill. Whoever knows better changes the word in the file.",
        ],
        "With the first generation alone there is nothing to rebuild: `up` writes the file again.",
        {
          costs: [
            "Seconds. Lost are: who asked for which recovery, the dates until which generations are kept (90 days from now stand in for",
            "them), and with the whole volume the journal, the names of backup points and which schema a kept generation has: going",
            "back to one then needs `accept: [head, schema]`. The backups themselves know their times: `targetTime` goes on working.",
          ],
        },
        { back: "The former file, if there was one, lies beside the new one as `generations.json.<time>`." },
        {
          refused: [
            "`expected the pooler of {stack} to say which generation serves`: start it, `docker start {stack}-pooler`. When its file is",
            "gone too, look which database has the latest writes before you say it:",
            "`docker exec {stack}-pooler switchback-pooler point <generation>`.",
          ],
        },
        [
          "`isolation.json` cannot be read? While the stack is not isolated, remove it:",
          "`docker exec {stack}-records rm /records/isolation.json`.",
        ],
      ],
    },
  ],
};
