import type { Runbook } from "./runbook.ts";

export const rollbackFailed: Runbook = {
  name: "rollback-failed",
  title: "A rollback did not come to its end",
  symptom: "a rollback was refused, was cut off, or failed half-way",
  example: { target: "1.1.0", older: "1.0.0" },
  parts: [
    {
      blocks: [
        {
          when: "`switchback rollback` ended with another exit code than 0, or the terminal or machine that ran it is gone.",
        },
        [
          "| exit code | means | go to |",
          "|---|---|---|",
          "| 1, 3 | nothing was changed: the command line, a check or the verdict said no | It was refused |",
          "| 4, or none | Ctrl-C, or killed | It was cut off |",
          "| 5 | failed after something was changed | It failed half-way |",
          "| 6 | done; the validation found something, and `validate` says what to do | here, no further |",
        ],
        {
          id: "look",
          steps: [{ run: "npx switchback status --stack {stack}", because: "what serves, and what is not finished" }],
        },
      ],
    },
    {
      title: "It was refused",
      blocks: [
        {
          when: "Exit code 3. Its last lines say which condition is `no` or `unknown`, and what to do. The config is as it was.",
        },
        {
          id: "refused",
          steps: [
            { run: "npx switchback rollback --list --stack {stack}", because: "where it can go instead" },
            {
              run: "npx switchback rollback --to {target} --dry-run --stack {stack}",
              because: "asks again, changes nothing",
              code: 3,
              shows: /refused, nothing was changed/,
            },
          ],
        },
        {
          output: [
            "refused, nothing was changed: level 2, blue 1.0.0 -> green 2.0.0 (green is made",
            "anew first)",
            "  override: docker exec routed to blue by hand at 2026-11-21T18:50:51.749Z (by",
            "  hand), but activeColor says green; keep it: pulumi config set activeColor",
            "  blue; or end it: docker exec {stack}-router switchback-route --clear",
          ],
        },
        [
          "Each condition with its way out is in [rollback.md](../rollback.md). What is `unknown` because something is dead may be",
          "accepted for one update by who knows better: `config set --path 'accept[0]' health`.",
        ],
      ],
    },
    {
      title: "It was cut off",
      blocks: [
        {
          when: "Killed, or its machine is gone. The next run says what was begun, by whom, and whether the config has its changes.",
        },
        {
          id: "cut",
          steps: [
            { run: "npx switchback rollback --to {target} --dry-run --stack {stack}", shows: /was cut off: begun at/ },
            {
              run: "npx switchback up --yes --skip-preview --stack {stack}",
              because: "the same config: it goes on",
              shows: /confirmed: /,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "What the next run says first:",
          output: [
            "a rollback to blue 2.0.0 was cut off: begun at 2026-11-21T19:04:58.889Z by",
            'tester, "green answers 500", in step "up"',
            "the config has its changes: `switchback up --stack {stack}` goes on with it,",
            "and this rollback replaces it",
          ],
        },
        {
          costs: [
            "What the rollback would have cost. No request is left waiting: a hold ends by itself, after",
            "`router.hold.maxSeconds` at the latest.",
          ],
        },
        {
          refused: [
            "`operation`: it still runs, or another one does; wait for its end. A lock whose process is dead is cleared by `up`.",
            "The config does not have its changes: nothing was changed, roll back anew.",
          ],
        },
      ],
    },
    {
      title: "It failed half-way",
      blocks: [
        {
          when: [
            "Exit code 5. Its last lines say where things stand, and the three ways on: the same again, back, or an older release.",
            "What served before serves still, unless they say otherwise.",
          ],
        },
        {
          id: "older",
          steps: [
            {
              run: 'npx switchback rollback --to {older} --yes --reason "{target} does not get ready" --stack {stack}',
              because: "an older release, in the same color",
              shows: /^done in /m,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        "Or the same again, once what failed is put right (a set, a disk, an image, `router.gate.timeoutSeconds`):",
        {
          id: "again",
          steps: [
            { run: "npx switchback up --yes --skip-preview --stack {stack}", shows: /confirmed: / },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "The last lines of the one that failed:",
          output: [
            "    error: expected green to be ready within 10 s, got {stack}-green-orders-1: /ready answered 503; see `docker logs {stack}-green-orders-1`",
            'it stopped in step "up"; what serves: blue 2.0.0, mode serve',
            "  next: switchback up --yes --skip-preview --stack {stack}",
            "  next: switchback config set activeColor blue --stack {stack} && switchback config set --path 'colors.green.imageTag' 1.1.0 --stack {stack} && switchback up --yes --skip-preview --stack {stack}",
            '  next: switchback rollback --to 1.1.0 --reason "…" --stack {stack}',
          ],
        },
        { costs: "10 to 20 seconds for a release that is made anew. What serves goes on meanwhile." },
        { back: "The second of the ways on: the `config set` lines that put the config back, then `up`." },
      ],
    },
    {
      title: "Nothing works",
      blocks: [
        { when: "The engine, its state or the config is broken, and the other color is ready. Docker is enough." },
        {
          id: "glass",
          steps: [
            {
              run: 'npx switchback rollback --break-glass --reason "no rollback goes through" --stack {stack}',
              because: "or docker exec {stack}-router switchback-route blue --because …",
            },
            { run: "npx switchback status --stack {stack}", shows: /by hand|override/ },
          ],
        },
        {
          output: [
            "green (release 1.0.0), mode serve",
            "override marked; `up` is refused until the config says green, or: switchback-route --clear",
            "later, keep it or take it back:",
            "  switchback config set activeColor green --stack {stack}",
            "  docker exec {stack}-router switchback-route --clear",
          ],
        },
        {
          back: [
            "`config set activeColor` of that color keeps it, the line below takes it back; until then every `up` is refused. The",
            "state is gone: [lost-state.md](lost-state.md).",
          ],
        },
        { id: "clear", steps: [{ run: "docker exec {stack}-router switchback-route --clear" }] },
      ],
    },
  ],
};
