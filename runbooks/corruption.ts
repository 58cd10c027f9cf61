import type { Runbook } from "./runbook.ts";

export const corruption: Runbook = {
  name: "corruption",
  title: "The database is corrupt",
  symptom: "PostgreSQL reports damaged pages, or a disk lies",
  example: { time: "2026-11-21T18:43:47Z", serving: "initial" },
  parts: [
    {
      blocks: [
        {
          when: [
            "PostgreSQL says `invalid page in block` or `could not read block`, `validate` says `fail page failures`, an audit finds",
            "wrong checksums, or the disk is known to be bad. A restore from backups is the way out, not `pg_resetwal` and not",
            "`zero_damaged_pages`.",
          ],
        },
        {
          id: "look",
          steps: [
            {
              run: "npx switchback validate --quick --stack {stack}",
              shows: /^fail +page failures /m,
              code: 1,
            },
            {
              run: "npx switchback status --stack {stack}",
              because: "the line `data` names the generation that serves",
              shows: /^data +\w+ serves/m,
            },
          ],
        },
        { output: ["fail     page failures                           9"] },
        "Maintenance first, so that nobody writes into what is damaged; then freeze it.",
        {
          id: "freeze",
          steps: [
            {
              run: 'npx switchback maintenance on --yes --reason "invalid page in orders" --stack {stack}',
              shows: /maintenance on: done/,
            },
            { run: "docker stop -t 120 {stack}-database-{serving}" },
            {
              run: 'npx switchback evidence take {stack}-database-{serving} --message "invalid page in orders" --stack {stack}',
              shows: /copy, \d+ files/,
            },
          ],
        },
        [
          "`docker stop` is the clean stop; when PostgreSQL does not end within the time, it is killed. If it must not or cannot",
          "stop, leave that line out: `evidence take` pauses the container while it copies, so that the copy is as after a power",
          "cut. The copy is needed only when the damage itself is to be examined, or the disk may get worse: the volume is kept",
          "anyway. Then restore:",
        ],
        {
          id: "restore",
          steps: [
            { run: "npx switchback config set targetTime {time} --stack {stack}" },
            {
              run: 'npx switchback up --yes --skip-preview --message "invalid page in orders" --stack {stack}',
              shows: /rescued \d+ WAL segments from the volume[\s\S]*promotion updating .*restored-\w+ serves/,
            },
          ],
        },
        [
          "The time is before the damage came in, not before it was seen. Backups carry checksums: a base with wrong pages is",
          "marked and not chosen. If the damage came with the disk under Docker's volumes, set `recovery.clone` to `false` first,",
          "because a clone shares its blocks.",
        ],
        {
          sees: "The database does not answer, and that is no obstacle: the last WAL is taken from its volume.",
          output: [
            "      yes     database           it does not answer (the container {stack}-database-initial does not run); the head recorded last, 3, stands in for it",
            " +  command:local:Command restore-restored-03dde9ea creating rescued 1 WAL segments from the volume of initial, up to 000000010000000000000006",
            " +  command:local:Command restore-restored-03dde9ea creating 2026-11-21T18:43:47.74Z reached at 0/40859D0, 34 MB of WAL in 1.4 s; last commit 2026-11-21T18:43:45.949629Z",
            " ~  command:local:Command promotion updating restored-03dde9ea serves; an unknown number of commits stay behind",
          ],
        },
        "Look at all of it before the application is let in again:",
        {
          id: "open",
          steps: [
            { run: "npx switchback audit --stack {stack}", shows: /^yes +page checksums/m },
            {
              run: 'npx switchback maintenance off --yes --reason "restored and read through" --stack {stack}',
              shows: /maintenance off: done/,
            },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        { output: ["yes      structure (amcheck): nothing found", "yes      page checksums: each as stored"] },
        {
          costs: [
            "Maintenance for the restore and the audit, several seconds for each GB. What was written after the target stays",
            "behind in the damaged generation; `switchback recover-rows` may get single rows out of it.",
          ],
        },
        {
          back: [
            "`switchback rollback --level 3 --to {serving}` lets the damaged generation serve again. The copy is in",
            "`switchback evidence list`, and `switchback evidence export NAME --to FOLDER` writes it out with the SHA-256 of every",
            "file.",
          ],
        },
        {
          refused: [
            "`expected the WAL of initial to reach …, got its end at …`: nothing was committed after the moment asked for. Ask for",
            "one before that end; the line says which.",
          ],
        },
      ],
    },
  ],
};
