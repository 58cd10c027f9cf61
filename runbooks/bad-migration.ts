import type { Runbook } from "./runbook.ts";

export const badMigration: Runbook = {
  name: "bad-migration",
  title: "A migration broke the application",
  symptom: "a migration broke the application",
  example: { migration: "4", most: "100" },
  parts: [
    {
      blocks: [
        {
          when: [
            "Green 2.1.0 brought a migration that blue's release cannot work with: `status` says blue is `closed`. Release, config set",
            "and schema go back together. If the migration also wrote wrong data, see [bad-delete.md](bad-delete.md).",
          ],
        },
        {
          id: "back",
          steps: [
            { run: "npx switchback status --stack {stack}", shows: /closed/ },
            {
              run: "npx switchback rollback --to previous --dry-run --stack {stack}",
              because: "says what would be lost",
              code: 3,
              shows: /dataLoss: expected nothing to be lost/,
            },
            {
              run: 'npx switchback rollback --allow-loss {migration}={most} --yes --reason "orders fail since 2.1.0" --stack {stack}',
              shows: /^done in /m,
            },
            { run: "npx switchback status --stack {stack}", shows: /^serves +blue 1\.1\.0 /m },
          ],
        },
        "`previous` is not the release that you mean? Name it: `--to 1.1.0`.",
        {
          sees: [
            "The dry run is refused, and says how many values the older schema has no place for; `--allow-loss` allows them, with",
            "room for what is written meanwhile.",
          ],
          output: [
            "refused, nothing was changed: level 2, green 2.1.0 -> blue 1.1.0 (both colors",
            "are warm); the schema goes from 4 to 3 while requests are held",
            "  dataLoss: expected nothing to be lost, got 1 values of orders.discount_cents;",
            "  to allow it: pulumi config set --path allowDataLoss.4 1",
          ],
        },
        "Then the rollback:",
        {
          output: [
            " ~  command:local:Command safety-backup updating safety backup safety-20261121T185209Z-36945d at 0/5029580, on the base 20261121-185129F; 0.6 s",
            " ~  command:local:Command schema updating holding: requests wait in the router, for at most 10 s",
            " ~  command:local:Command schema updating fenced: green has no database",
            " ~  command:local:Command schema updating 0004_discount_cents: down, 1 values of orders.discount_cents kept",
            " ~  command:local:Command schema updating the schema is at 3, was at 4; blue has the database",
            " ~  command:local:Command router updating moved in 0.034 s; requests waited for 1.6 s",
            " ~  command:local:Command router updating confirmed: blue 1.1.0",
            "done in 13.0 s: blue 1.1.0",
          ],
        },
        {
          costs: [
            "10 to 20 seconds in all. Requests wait for two or three of them, never longer than `router.hold.maxSeconds`; none",
            "fails. The values that the older schema has no place for are kept in the schema `switchback_kept`.",
          ],
        },
        {
          back: [
            "Name the contract and the color again: the kept values come back too. What was in the database right before is the",
            "safety backup: `config set targetBackup safety-20261121T185209Z-36945d`, then `up`.",
          ],
        },
        {
          id: "forward",
          steps: [
            { run: "npx switchback config set schemaVersion {migration} --stack {stack}" },
            { run: "npx switchback config set activeColor green --stack {stack}" },
            { run: "npx switchback up --yes --skip-preview --stack {stack}", shows: /confirmed: green / },
            {
              run: "npx switchback config rm schemaVersion --stack {stack}",
              because: "the schema follows the release",
            },
          ],
        },
        {
          refused: [
            "`schema` says irreversible: no migration leads back, only level 3 to the safety backup that was taken before it:",
            "[recovery.md](../recovery.md). If blue does not get ready on its schema, the schema goes forward again within the same",
            "hold, and green serves.",
          ],
        },
      ],
    },
  ],
};
