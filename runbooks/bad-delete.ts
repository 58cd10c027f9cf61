import type { Runbook } from "./runbook.ts";

export const badDelete: Runbook = {
  name: "bad-delete",
  title: "Rows are gone, or wrong",
  symptom: "rows are gone or wrong",
  example: { time: "2026-11-21T19:11:25Z", restored: "restored-39098640", drill: "restored-2c2135d2" },
  parts: [
    {
      blocks: [
        {
          when: [
            "A statement or a release damaged data: people miss what they wrote, or `validate` says `fail rows`. Code and schema",
            "are right again, or never were wrong.",
          ],
        },
        {
          id: "look",
          steps: [
            { run: "npx switchback status --stack {stack}", shows: /^serves +/m },
            {
              run: "npx switchback backups --stack {stack}",
              because: "the last line: the times that can be gone back to",
              shows: /^any moment: /m,
            },
          ],
        },
        [
          "First decide what to keep of what was written since. Little or nothing: all data goes back (below). Most of it: only",
          "the rows that are missing come back ([the second part](#only-the-rows)).",
        ],
      ],
    },
    {
      title: "All data, as it was",
      blocks: [
        {
          id: "all",
          steps: [
            { run: "npx switchback config set targetTime {time} --stack {stack}" },
            { run: "npx switchback preview --stack {stack}", shows: /verdict: allowed: level 3/ },
            {
              run: 'npx switchback up --yes --skip-preview --message "orders deleted" --stack {stack}',
              shows: /promotion updating .*restored-\w+ serves/,
            },
            { run: "npx switchback generations list --stack {stack}", shows: /^restored-\w+: serves/m },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        [
          "The time is just before the statement, with its zone; the log of the application or of PostgreSQL has it. A second too",
          "early costs a second of writes; too late, and the damage comes along.",
        ],
        {
          sees: "The preview says what stays behind:",
          output: [
            "    verdict: allowed: level 3, the data as it was just before 2026-11-21T19:11:25.168Z, in restored-39098640; green 2.0.0 stays active",
            "      yes     base               20261121-191116F of 2026-11-21T19:11:17.000Z, 31 MB; 34 MB of WAL from it to the target, and what was written since 2026-11-21T19:11:19.000Z, which is archived first",
            "      data    the window: 2026-11-21T19:11:18.000Z to now (initial)",
            "              behind in initial stay 2 commits, 0 rolled back, 1 MB of WAL, the last at 2026-11-21T19:11:26.877Z; by table, as an estimate: public.orders +1 ~0 -2",
          ],
        },
        "`-2` is the bad statement, `+1` a good order since, which stays behind. After `up`, `generations list`:",
        {
          output: [
            "initial: kept, stands still, 116 MB",
            '  left at 2026-11-21T19:11:45.347Z for restored-39098640, by ann@ops, "orders deleted"',
            "  kept until 2027-02-19T19:11:45.347Z",
            "restored-39098640: serves, runs, 99 MB",
            "  born 2026-11-21T19:11:35.904Z: targetTime 2026-11-21T19:11:25.168Z",
          ],
        },
        {
          costs: [
            "The copy of a base and the replay of its WAL: here 20 seconds for a small database, several seconds for each GB",
            "otherwise; the preview says what the last run took. The application shows maintenance meanwhile (`recovery.during` says",
            "otherwise). Afterwards leave `targetTime` or remove it: it is done once.",
          ],
        },
        { back: "As long as the former generation is kept, within seconds; a second name approves it:" },
        {
          id: "undo",
          steps: [
            {
              run: 'npx switchback rollback --level 3 --to initial --allow-loss {restored}=100 --approved-by bob --yes --reason "wrong moment" --stack {stack}',
              shows: /promotion updating .*initial serves/,
            },
            {
              run: "npx switchback config rm generation --stack {stack}",
              because: "its key; removing it moves nothing",
            },
          ],
        },
        {
          output: [
            " ~  command:local:Command promotion updating initial serves; 0 commits stay behind",
            " ~  command:local:Command promotion updating the end of restored-39098640 is archived: end-20261121T191202Z-531825 at 0/600AED0",
            " ~  command:local:Command promotion updating stopped {stack}-database-restored-39098640; its volume stays",
          ],
        },
        {
          refused: [
            "The sentence has the window that can be reached: the moment is before the first backup, after now, or in a gap of the",
            "archive. `release`: the data of that moment has a schema that the active release does not accept; the lines to type are",
            "in the sentence. More in [recovery.md](../recovery.md).",
          ],
        },
      ],
    },
    {
      title: "Only the rows",
      blocks: [
        [
          "A generation with the data of that moment stands still beside the one that serves: the one just left, or one that a",
          "drill makes.",
        ],
        {
          id: "rows",
          steps: [
            {
              run: 'npx switchback restore-drill --to {time} --yes --reason "orders deleted" --stack {stack}',
              because: "tells its name: restored-…",
              shows: /restore-drill: done/,
            },
          ],
        },
        {
          id: "copy",
          steps: [
            {
              run: "npx switchback recover-rows --from {drill} orders --stack {stack}",
              because: "counts, and writes nothing",
              shows: /^public\.orders /m,
            },
            {
              run: "npx switchback recover-rows --from {drill} orders --yes --stack {stack}",
              because: "writes, in one transaction",
              shows: /written in one transaction/,
            },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        {
          sees: "What is copied, and the way back:",
          output: [
            "table          in restored-2c2135d2  missing  changed  same  conflicts  only now  inserted  updated",
            "public.orders                     2        2        0     0          0         1         2        0",
            "written in one transaction; the way back: targetLsn 0/A016928 of initial",
          ],
        },
        {
          costs: "No maintenance: the application is served all the time. The good writes since stay (`only now`).",
        },
        {
          back: [
            "The last line names the position right before the write, as a `targetLsn`. More in [recovery.md](../recovery.md).",
          ],
        },
      ],
    },
  ],
};
