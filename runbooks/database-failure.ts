import type { Runbook } from "./runbook.ts";

export const databaseFailure: Runbook = {
  name: "database-failure",
  title: "The database does not answer",
  symptom: "the database does not answer, its container or its data are gone, or a password is wrong",
  example: { serving: "initial", time: "2026-11-21T11:44:25Z" },
  parts: [
    {
      blocks: [
        {
          when: [
            "`status` says `database  does not answer`, `validate` says `fail` of its container, of `database` or of `pooler`, the",
            "application answers 500 or 503 to whatever needs data. Pages are damaged? [corruption.md](corruption.md).",
          ],
        },
        {
          id: "look",
          steps: [
            {
              run: "npx switchback status --stack {stack}",
              because: "`database` says why; `data` names the generation that serves",
              shows: /^database +does not answer: /m,
            },
            {
              run: "npx switchback validate --quick --stack {stack}",
              shows: /^fail +container \S+-database-/m,
              code: 1,
            },
            {
              run: "docker logs --tail 20 {stack}-database-{serving}",
              because: "the last words of PostgreSQL; only where it has a container",
            },
          ],
        },
        {
          sees: "Of a database that was killed:",
          output: [
            "database  does not answer: the container {stack}-database-initial does not run",
            "fail     container {stack}-database-initial   Exited (137) 1 second ago",
            "fail     health {stack}-blue-orders-1         /ready answered 503",
          ],
        },
        [
          "- `does not run` or `is not running`: [start it](#its-container-does-not-run).",
          "- `there is no such container`: [make it anew](#its-container-is-gone).",
          "- the log says `expected the data of generation … in its volume, got none`: [restore](#the-data-are-gone-too).",
          "- it answers, and `fail pooler` or the application's log say `authentication failed`: [the password](#a-password-is-wrong).",
        ],
        [
          "The pooler tries a login that failed again after 15 s. `validate --quick` looks at everything once it is quiet: it counts",
          "the error lines in the logs of the last five minutes.",
        ],
      ],
    },
    {
      title: "Its container does not run",
      blocks: [
        {
          id: "start",
          steps: [
            {
              run: 'npx switchback restart database-{serving} --reason "it was killed" --stack {stack}',
              because: "waits until it is ready; `docker start` does it too",
              shows: /is ready after/,
            },
            { run: "npx switchback status --stack {stack}", shows: /^database +answers/m },
          ],
        },
        {
          costs: "The time until PostgreSQL has replayed its WAL. No acknowledged write is lost.",
        },
        {
          refused: [
            "It ends again? Its last words say why. `No space left on device`: make room (`switchback gc`, `docker system df`). Killed",
            "with 137 and `OOMKilled`: raise `database.memoryMb`, then `up`.",
          ],
        },
      ],
    },
    {
      title: "Its container is gone",
      blocks: [
        { when: "`there is no such container`. Its volume is there." },
        {
          id: "container",
          steps: [
            {
              run: "npx switchback up --refresh --yes --skip-preview --stack {stack}",
              shows: /database-container created/,
            },
            { run: "npx switchback status --stack {stack}", shows: /^database +answers/m },
          ],
        },
        "Without `--refresh` the engine takes the container for there, and `up` fails after two minutes.",
        {
          sees: "The container, then the set-up of what is in its volume:",
          output: [
            "      yes     database           made by this run",
            " +  docker:index:Container database-container created (0.44s)",
            ' ~  command:local:Command database updating {"generation":"initial","base":"20261121-192419F"}',
          ],
        },
        { costs: "Some 15 seconds, and whatever PostgreSQL replays. No write is lost." },
      ],
    },
    {
      title: "The data are gone too",
      blocks: [
        {
          when: [
            "The volume is empty or lost. A container on an empty volume refuses to begin a new database where there are backups:",
            "`expected the data of generation initial in its volume, got none, but its backups are there; restore them (targetTime)`.",
          ],
        },
        {
          id: "data",
          steps: [
            { run: "npx switchback config set targetTime {time} --stack {stack}" },
            { run: "npx switchback preview --stack {stack}" },
            {
              run: 'npx switchback up --refresh --yes --skip-preview --message "the volume is gone" --stack {stack}',
              shows: /promotion updating .*restored-\w+ serves/,
            },
            { run: "npx switchback status --stack {stack}", shows: /^database +answers/m },
          ],
        },
        {
          sees: "How far the archive reaches is what can come back:",
          output: [
            "      base: 20261121-114212F of 2026-11-21T11:42:15.000Z, 31 MB; 51 MB of WAL from it to the target; what was written since 2026-11-21T11:42:44.000Z is on the volume of initial alone, and is looked for there first; if you know better: pulumi config set --path 'accept[0]' base",
          ],
        },
        [
          "Here the moment is later than the last segment in the archive. Ask for one before it, or accept `base` if the volume may",
          "still have the rest.",
        ],
        {
          costs: [
            "A restore ([bad-delete.md](bad-delete.md)), and what had not been archived: with traffic a segment of 16 MB, otherwise",
            "what was written within `archive_timeout`.",
          ],
        },
      ],
    },
    {
      title: "A password is wrong",
      blocks: [
        {
          when: [
            "Somebody changed the password of a role by hand. Connections that are open go on; new ones fail with `password",
            "authentication failed for user`.",
          ],
        },
        {
          id: "password",
          steps: [
            { run: "npx switchback preview --stack {stack}", shows: /Command database update/ },
            { run: "npx switchback up --yes --skip-preview --stack {stack}" },
            { run: "npx switchback status --stack {stack}", shows: /^database +answers/m },
          ],
        },
        {
          sees: "The preview has one update, which gives every role the password of the config.",
          output: [
            'fail     pooler blue   server login has been failing, cached error: password authentication failed for user "orders_blue" (server_login_retry)',
            " ~  command:local:Command database update [diff: ~environment]",
          ],
        },
        {
          refused: [
            "`activeColorFrozen: expected no change of green, which serves, got another password`: the config has another secret than",
            "the one that green runs with. Take that back, or go by [rotate-password.md](rotate-password.md).",
          ],
        },
      ],
    },
    {
      title: "Move the traffic meanwhile",
      blocks: [
        {
          when: [
            "The release that serves is wrong as well, or answers worse without a database than the other. Level 1 goes while the",
            "database is dead: the other color only has to be alive.",
          ],
        },
        {
          id: "traffic",
          steps: [
            { run: "npx switchback config set --path 'accept[0]' health --stack {stack}" },
            {
              run: 'npx switchback rollback --quick --yes --reason "1.1.0 serves reads from its cache" --stack {stack}',
              because: "ends with 6: what is still dead is named",
              shows: /confirmed: /,
              code: 6,
            },
            { run: "npx switchback config rm accept --stack {stack}" },
          ],
        },
        {
          sees: "The gate asks the other color only whether it is alive:",
          output: [
            "      unknown health             {stack}-blue-orders-1 is not ready (/ready answered 503), and the database does not answer; the gate asks only whether it is alive",
            "      yes     database           it does not answer (the container {stack}-database-initial does not run); the head recorded last, 3, stands in for it",
            " ~  command:local:Command router updating gate: the database does not answer; blue is alive, which is enough without it",
          ],
        },
        { costs: "The same as with a database that answers. Level 2 is refused: the schema cannot move." },
        {
          back: "As after every rollback: `npx switchback config set activeColor green --stack {stack}`, then `up`, once it answers.",
        },
      ],
    },
  ],
};
