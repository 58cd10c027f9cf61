import type { Runbook } from "./runbook.ts";

export const cascadingFailure: Runbook = {
  name: "cascading-failure",
  title: "One thing drags everything down",
  symptom: "everything fails at once, because something that all of it needs does not answer",
  example: { generation: "initial" },
  parts: [
    {
      blocks: [
        {
          when: [
            "Both colors are not ready, requests wait and end with 5xx, and most checks of `validate` say `fail` or `unknown`. Something",
            "shared hangs (the database, the pooler, the cache, somebody else's service), and all others wait for it. It is not a",
            "rollback: the other color needs the same.",
          ],
        },
        "First what is the cause, and the page, so that those who wait do not pile up:",
        {
          id: "contain",
          steps: [
            { run: "npx switchback status --stack {stack}" },
            {
              run: "npx switchback validate --quick --stack {stack}",
              because: "read it from below: database, pooler, cache, services, router",
              code: 1,
              shows: /^(fail|unknown) +database /m,
            },
            {
              run: 'npx switchback maintenance on --yes --reason "the database hangs" --stack {stack}',
              shows: /maintenance on: done/,
            },
            {
              run: "npx switchback capture --stack {stack}",
              because: "logs and inspects, before anything is restarted",
            },
          ],
        },
        {
          sees: "Services of both colors, and what is below them; the remedy that moves the traffic to blue does not help here.",
          output: [
            "fail     health {stack}-blue-orders-1         /ready Operation timed out after 1500 milliseconds with 0 bytes received",
            "fail     health {stack}-green-orders-1        /ready Operation timed out after 1500 milliseconds with 0 bytes received",
            "fail     database                                no answer within 1.5 s",
            "fail     pooler blue                             no answer within 1.5 s",
            "fail     pooler green                            no answer within 1.5 s",
            "unknown  schema                                  no answer within 2 s",
          ],
        },
        "The page goes up without the database:",
        {
          output: [
            "    verdict: allowed: no traffic moves, green 2.0.0 stays active; maintenance: on",
            "      yes     database           it does not answer (no answer within 2 s); the head recorded last, 3, stands in for it",
            "maintenance on: done",
          ],
        },
        "Then the cause alone, and from there outwards, each until it is ready. Here it is the database:",
        {
          id: "restart",
          steps: [
            {
              run: 'npx switchback restart database-{generation} --reason "it hangs" --stack {stack}',
              because: "or cache, or what it is",
              shows: /is ready after/,
            },
            {
              run: 'npx switchback restart pooler --reason "its connections hang" --stack {stack}',
              shows: /is ready after/,
            },
            {
              run: 'npx switchback restart orders --reason "its requests hang" --stack {stack}',
              shows: /is ready after/,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
            {
              run: 'npx switchback maintenance off --yes --reason "all is ready" --stack {stack}',
              shows: /maintenance off: done/,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          costs: [
            "Everybody gets the maintenance page meanwhile, which is 503 with `Retry-After`. A database that has to be killed replays its WAL; what was committed is there.",
          ],
        },
        { back: "There is nothing to take back. `maintenance off` at any time lets the traffic in as it is." },
        {
          refused: [
            "`maintenance on` needs the router alone: does that run? The cause does not come back by a restart: the page of that part,",
            "from the [list](README.md). It is outside of the stack, as a payment service is: `maintenance off`, and a set whose flag",
            "does without it, [config-error.md](config-error.md).",
          ],
        },
      ],
    },
  ],
};
