import type { Runbook } from "./runbook.ts";

export const completeOutage: Runbook = {
  name: "complete-outage",
  title: "Nothing answers",
  symptom: "nothing answers, everything is wrong at once, or the host is gone",
  example: { time: "2026-11-21T19:21:54Z", restored: "restored-19d56178" },
  parts: [
    {
      blocks: [
        {
          when: [
            "No request gets an answer, or each gets an error, and it is not one part that is dead. The first command tells which of",
            "these it is:",
          ],
        },
        {
          id: "look",
          steps: [
            {
              run: "docker ps --all --filter label=switchback.stack={stack} --format 'table {{.Names}}\\t{{.Status}}'",
              shows: /-router/,
            },
            { run: "npx switchback status --stack {stack}", shows: /^serves +/m },
            {
              run: "npx switchback validate --quick --stack {stack}",
              because: "what fails first is what the rest waits for",
              code: 1,
            },
          ],
        },
        {
          sees: "Of a stack whose containers were all stopped:",
          output: [
            "{stack}-pooler                    Exited (0) 4 seconds ago",
            "{stack}-router                    Exited (0) 4 seconds ago",
            "{stack}-database-initial          Exited (0) 4 seconds ago",
            "serves    unknown: the container {stack}-router does not run",
          ],
        },
        [
          "- Docker does not answer: start it (`systemctl start docker`), then [after a restart](#the-host-was-restarted).",
          "- Everything was `Up` a few seconds ago or `Restarting`: [after a restart](#the-host-was-restarted).",
          "- Containers are `Exited` or missing: [bring them up](#containers-are-down).",
          "- Everything is `Up`, and wrong: [the way back of everything](#everything-is-wrong).",
          "- `Up` and `maintenance` or `isolate` in the line `serves`: somebody did that; the line `last` says who and why.",
          "- The host does not come back: [another one](#the-host-is-gone).",
        ],
      ],
    },
    {
      title: "The host was restarted",
      blocks: [
        { when: "Power cut, kernel panic, an update of Docker." },
        {
          id: "restarted",
          steps: [
            { run: "npx switchback status --stack {stack}" },
            {
              run: "npx switchback up --yes --skip-preview --stack {stack}",
              because: "finishes a change that was under way",
              shows: /\d+ unchanged/,
            },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        {
          sees: [
            "Every container starts again by itself; PostgreSQL replays its WAL, the router comes back with the pointer it had, the",
            "pooler with the entries it had. `up` then has nothing to do. A change that was under way is settled by it, with the",
            "same config or with the former one.",
          ],
        },
        { costs: "The time until PostgreSQL has replayed its WAL. No acknowledged write is lost." },
      ],
    },
    {
      title: "Containers are down",
      blocks: [
        { when: "Somebody or something stopped or removed them. The volumes are there." },
        {
          id: "down",
          steps: [
            {
              run: "docker start $(docker ps -aq --filter label=switchback.stack={stack} --filter label=switchback.role=keeper)",
              because: "they hold the volumes",
            },
            {
              run: "docker start {stack}-router {stack}-pooler",
              because: "they know who serves; leave out one that is gone",
            },
            {
              run: "npx switchback up --refresh --yes --skip-preview --stack {stack}",
              because: "makes anew what does not run",
            },
            { run: "npx switchback status --stack {stack}", shows: /^database +answers/m },
          ],
        },
        { costs: "About a minute. No acknowledged write is lost." },
        {
          refused: [
            "`could not be asked`: the router is not up yet; `docker logs {stack}-router`. `base`: the volume of the data is empty,",
            "see [database-failure.md](database-failure.md). `state does not know`: see",
            "[lost-state.md](lost-state.md). `generations.json`: see [catalogue.md](catalogue.md).",
          ],
        },
      ],
    },
    {
      title: "Everything is wrong",
      blocks: [
        {
          when: [
            "Release, schema and data are damaged, or nobody knows which of them. Release and data go back together to a state that",
            "was tagged as good (`switchback releases tag`), behind the maintenance page. A second name approves it.",
          ],
        },
        {
          id: "golden",
          steps: [
            { run: "npx switchback rollback --list --stack {stack}", shows: /^.*golden /m },
            {
              run: "npx switchback rollback --level 3 --to golden --approved-by bob --dry-run --stack {stack}",
              because: "what stays behind",
              shows: /verdict: allowed: level 3/,
            },
            {
              run: 'npx switchback rollback --level 3 --to golden --approved-by bob --yes --reason "everything is wrong" --stack {stack}',
              shows: /confirmed: /,
            },
            { run: "npx switchback status --stack {stack}", shows: /^rollback +\S+ done: /m },
          ],
        },
        {
          sees: "The second command counts what stays behind; at the end:",
          output: [
            "          behind in initial stay 2 commits, 0 rolled back, 1 MB of WAL, the last",
            "          at 2026-11-21T19:33:29.048Z; by table, as an estimate: public.orders",
            "          +1 ~0 -2",
            "done in 35.6 s: green 2.0.0 with the data of 2026-11-21T19:33:17.914Z",
          ],
        },
        {
          costs: [
            "A restore, several seconds for each GB, then everything is read through. What was written since the tag stays behind",
            "in the generation that is left. The page goes when all of it is well; it stays up when it is not, and the last lines",
            "say where things stand.",
          ],
        },
        { back: "To the data that were left, within seconds:" },
        {
          id: "undo",
          steps: [
            {
              run: 'npx switchback rollback --level 3 --to initial --allow-loss {restored}=100 --approved-by bob --yes --reason "it was not" --stack {stack}',
              shows: /promotion updating .*initial serves/,
            },
          ],
        },
        {
          refused: [
            "There is no tag: `--to` takes a backup point or a release as well, and `--list` names them. No way to a release is left:",
            "data alone go back by [bad-delete.md](bad-delete.md).",
          ],
        },
      ],
    },
    {
      title: "The host is gone",
      blocks: [
        {
          when: [
            "Another Docker host takes over. You have the project and its stack file from git, the passphrase, and copies of two",
            "volumes: `{stack}-backups` (or the S3 repository of `database.backup.repository`) and `{stack}-records`. Copy both",
            "regularly: a backup on the host that burns is none.",
          ],
        },
        [
          "Set the machine up (`npm ci && npm run setup`), bring both volumes to the new host under their own names, with the label",
          "`switchback.stack={stack}`, then:",
        ],
        {
          id: "another",
          steps: [
            {
              run: "npx switchback evidence list --stack {stack}",
              because: "starts the keeper of the records",
            },
            {
              run: "docker run -d --name {stack}-scheduler --label switchback.stack={stack} --network none -v {stack}-backups:/var/lib/pgbackrest --entrypoint sleep switchback/database:1 infinity",
            },
            { run: "npx switchback stack init {stack}" },
            { run: "docker exec {stack}-records cat /records/state.json > state.json" },
            { run: "npx switchback stack import --file state.json --stack {stack}" },
            { run: "npx switchback stack adopt --stack {stack}" },
            { run: "npx switchback config set targetTime {time} --stack {stack}" },
            { run: "npx switchback config set --path 'accept[0]' disk --stack {stack}" },
            {
              run: "npx switchback up --refresh --yes --skip-preview --stack {stack}",
              shows: /promotion updating .*restored-\w+ serves/,
            },
            { run: "npx switchback config rm accept --stack {stack}" },
            { run: "rm state.json" },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        [
          "The second command gives the verdict somebody to read the repository with; `up` puts the scheduler in its place. `disk`",
          "is accepted because nobody can measure a volume that is not there yet. The time is before the last segment that was",
          "archived and copied.",
        ],
        {
          sees: "How far the replay came, and who serves:",
          output: [
            "      yes     base      20261121-192038F of 2026-11-21T19:20:40.000Z, 31 MB; 68 MB of WAL from it to the target, without a gap",
            " +  command:local:Command restore-restored-8c20d3f5 creating 2026-11-21T19:21:54.5Z reached at 0/5002DF0, 50 MB of WAL in 2.0 s; last commit 2026-11-21T19:21:40.898429Z",
            " ~  command:local:Command promotion updating restored-8c20d3f5 serves; an unknown number of commits stay behind",
            " ~  command:local:Command router updating confirmed: blue 1.1.0",
          ],
        },
        {
          costs: [
            "Here 23 seconds, and the time that the copies take. What had not been archived and copied is lost; the services'",
            "volumes come back by `switchback restore-files`.",
          ],
        },
      ],
    },
  ],
};
