import type { Runbook } from "./runbook.ts";

const base = "docker exec {stack}-database-{serving} pgbackrest --stanza={serving} --type=full backup";

export const backupFailure: Runbook = {
  name: "backup-failure",
  title: "The backups fail",
  symptom: "backups fail, are too old, or the archive lags or has a gap",
  example: { serving: "initial" },
  parts: [
    {
      blocks: [
        {
          when: [
            "`status` says `schedule  the last run failed`, `segments wait` or `GAP in the archive`; `validate` says `fail disk of the",
            "backups`; an update is refused with `backup`, or before it moves because no safety backup can be taken. The application is",
            "served all the time; the ways back get shorter until it is repaired.",
          ],
        },
        {
          id: "look",
          steps: [
            {
              run: "npx switchback status --stack {stack}",
              because: "the lines `backup` and `schedule`; `data` names the generation that serves",
              shows: /^backup +/m,
            },
            {
              run: "npx switchback backups --stack {stack}",
              because: "the last line: the times that can be gone back to",
              shows: /^any moment: /m,
            },
            { run: "docker logs --tail 20 {stack}-scheduler", because: "why the last backup failed" },
            {
              run: "docker exec {stack}-database-{serving} df -h /var/lib/pgbackrest",
              because: "room for backups",
              shows: /\d+% /,
            },
          ],
        },
        {
          sees: "A volume that is full, with WAL that waits for it:",
          output: [
            "backup    base 20261121-192257F, 0.0 h old; archive 4 s behind, 1 segments wait",
            "any moment:  2026-11-21T19:22:42.000Z to the last of its WAL (initial)",
            "tmpfs           128M  128M     0 100% /var/lib/pgbackrest",
          ],
        },
        [
          "- `No space left on device`, or `df` says 100 %: [make room](#the-volume-is-full).",
          "- `segments wait`, and there is room: the repository takes nothing. Its log says why (`docker logs {stack}-database-{serving}`):",
          "  `Permission denied`, a network, S3 credentials. Repair that, then [a good base](#a-good-base-again).",
          "- `GAP in the archive`, `got a gap`, or the base is too old: [a good base](#a-good-base-again).",
          "- the scheduler does not run, or its error is gone by now: [start it again](#the-schedule-stands-still).",
        ],
      ],
    },
    {
      title: "The volume is full",
      blocks: [
        {
          when: [
            "WAL stays in the volume of the data until the archive takes it again: that disk is the next one to fill up, and",
            "PostgreSQL stops when it does.",
          ],
        },
        [
          "Make the disk larger, or take something else from it (`npx switchback gc --stack {stack}`, `docker system df`). Only when",
          "there is nothing else: let all backups but the newest full one expire. Times before it cannot be gone back to any more.",
          "It needs some kilobytes itself: where there are none, an old dump in `/var/lib/pgbackrest/dumps` may go first.",
        ],
        {
          id: "expire",
          steps: [
            {
              run: "docker exec {stack}-database-{serving} pgbackrest --stanza={serving} --repo1-retention-full-type=count --repo1-retention-full=1 expire",
            },
            { run: "npx switchback backups --stack {stack}", shows: /^any moment: /m },
          ],
        },
        "Then [a good base](#a-good-base-again), and a `database.backup.retentionDays` that the disk has room for.",
      ],
    },
    {
      title: "The schedule stands still",
      blocks: [
        {
          id: "schedule",
          steps: [
            {
              run: 'npx switchback restart scheduler --reason "its volume was full" --stack {stack}',
              because: "tries at once what is due, instead of waiting for up to five minutes",
              shows: /scheduler is ready/,
            },
          ],
        },
        "Its container is gone? `npx switchback up --refresh --yes --skip-preview --stack {stack}` makes it anew.",
      ],
    },
    {
      title: "A good base again",
      blocks: [
        {
          when: [
            "What made it fail is repaired. A gap in the archive is not closed by that: nobody can go to a moment between it and the",
            "next base, and every change of the schema is refused until there is one:",
          ],
        },
        {
          output: [
            "    error: expected every WAL segment since the base 20261121-192240F in the repository, got a gap: 000000010000000000000004; nothing has moved. Take a new base: docker exec {stack}-database-initial pgbackrest --stanza=initial --type=full backup",
          ],
        },
        {
          id: "base",
          steps: [
            {
              run: "docker exec {stack}-database-{serving} pgbackrest --stanza={serving} check",
              because: "whether WAL gets into the archive",
            },
            { run: base, because: "the first base after the gap" },
            { run: "npx switchback backups --stack {stack}", shows: /^any moment: /m },
            {
              run: 'npx switchback restore-drill --yes --reason "after the gap" --stack {stack}',
              because: "whether it can be restored; serves nobody",
              shows: /restore-drill: done/,
            },
            { run: "npx switchback status --stack {stack}", shows: /^backup +base \S+F, 0\.0 h old/m },
          ],
        },
        {
          sees: "The base is new, nothing waits, and the drill has read everything:",
          output: [
            "restore-drill: done",
            "backup    base 20261121-192325F, 0.0 h old; archive 0 s behind, 0 segments wait",
          ],
        },
        {
          costs: [
            "A full backup reads all data once, beside traffic. The drill makes a generation of its own, which takes the room of the",
            "data until it is removed (`switchback generations remove`).",
          ],
        },
        { back: "There is nothing to go back from: nothing that serves was changed." },
      ],
    },
  ],
};
