import type { Runbook } from "./runbook.ts";

export const rotatePassword: Runbook = {
  name: "rotate-password",
  title: "The password of the database has to change",
  symptom: "the password of the database leaked, or is due",
  example: {},
  parts: [
    {
      blocks: [
        {
          when: [
            "It leaked, somebody who knew it left, or it is due. The passwords of all roles are derived from one secret",
            "(`database.secret`); green serves. Nothing has to stop: each color has a role of its own, so one color takes the new",
            "password while the other serves with the old one.",
          ],
        },
        {
          id: "first",
          steps: [
            {
              run: "npx switchback status --stack {stack}",
              because: "who serves, and its release",
              shows: /^serves +green 2\.0\.0/m,
            },
            {
              run: "openssl rand -base64 24 | npx switchback config set --secret --path secrets.database-2 --stack {stack}",
            },
            { run: "npx switchback config set --path database.secret database-2 --stack {stack}" },
            {
              run: "npx switchback config set --path colors.green.databaseSecret database --stack {stack}",
              because: "green serves: it keeps the old one",
            },
            {
              run: "npx switchback config set --path colors.blue.imageTag 2.0.0 --stack {stack}",
              because: "the release that green runs",
            },
            { run: "npx switchback config set activeColor blue --stack {stack}" },
            {
              run: 'npx switchback up --yes --message "the password is due" --stack {stack}',
              shows: /confirmed: blue 2\.0\.0/,
            },
          ],
        },
        [
          "Blue is made anew with the new password, and gets the traffic once it is ready. From here on green is the way back, at",
          "level 1. When blue does well and green is drained:",
        ],
        {
          id: "second",
          steps: [
            { run: "npx switchback config rm --path colors.green.databaseSecret --stack {stack}" },
            { run: "npx switchback config rm --path secrets.database --stack {stack}" },
            { run: 'npx switchback up --yes --message "the password is due" --stack {stack}' },
            { run: "npx switchback validate --quick --stack {stack}" },
          ],
        },
        [
          "Green is made anew with the new password too. The old one opens nothing any more, neither at the pooler nor at",
          "PostgreSQL.",
        ],
        {
          sees: [
            "The pooler takes the passwords while it runs; its container stays, and so does every connection of the color that",
            "serves.",
          ],
          output: [" ~  command:local:Command pooler updating pooler: reloaded with /run/secrets/userlist.txt"],
        },
        {
          costs: [
            "Two updates, and no failed request: the first is a level 2, with a safety backup, which moves no schema. Connections that",
            "a color had opened through the pooler with its old password are cut when the color changes; nothing is sent to it then. A",
            "session that somebody opened with it straight at PostgreSQL, from the platform network, goes on until it is ended:",
            "`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'orders_green'`.",
          ],
        },
        {
          back: [
            "Before the second part: `npx switchback rollback --quick`. After it the old password is gone, and should be; the color",
            "that stands by has the new one.",
          ],
        },
        {
          refused: [
            "`activeColorFrozen`: the config gives the color that serves another password at once. The sentence has the command with",
            "which it keeps the old one. When the old secret is in `secrets` no more, it comes first: put it back under a name of its",
            "own, from the stack file's history.",
          ],
        },
        [
          "Data that was restored, and a generation that is undone to, get the passwords of today. Secrets of other things are their",
          "own: the cache's is `cache.secret`, and changing it replaces the cache.",
        ],
      ],
    },
  ],
};
