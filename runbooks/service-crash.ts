import type { Runbook } from "./runbook.ts";

export const serviceCrash: Runbook = {
  name: "service-crash",
  title: "A service ends, or hangs",
  symptom: "a container of a service ends, restarts again and again, or does not answer",
  example: {},
  parts: [
    {
      blocks: [
        {
          when: [
            "`validate` says `fail` of `container {stack}-green-orders-1` (exited, restarting, unhealthy) or of its `health`. Requests",
            "that meet it fail, or wait. A restart comes first: it shows within a minute whether it helps.",
          ],
        },
        {
          id: "restart",
          steps: [
            {
              run: "npx switchback validate --quick --stack {stack}",
              because: "this container, and nothing else?",
              code: 1,
              shows: /^fail +health \S*green-orders-1 /m,
            },
            { run: "docker logs --tail 50 {stack}-green-orders-1" },
            {
              run: 'npx switchback restart orders --side green --reason "a replica hangs" --stack {stack}',
              because: "one replica after the other",
              shows: /green-orders-2 is ready after/,
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          output: [
            "fail     health {stack}-green-orders-1        not live, /ready Operation timed out after 1503 milliseconds with 0 bytes received",
            "         expected: live and ready",
            "restarting {stack}-green-orders-1",
            "{stack}-green-orders-1 is ready after 8.4 s",
            "restarting {stack}-green-orders-2",
            "{stack}-green-orders-2 is ready after 5.9 s",
          ],
        },
        {
          costs: [
            "Some seconds per replica, up to `stopSeconds` for one that hangs. The other replicas answer meanwhile; where there is",
            "one alone, the service is away. `npx switchback capture --stack {stack}` before it keeps logs and inspects.",
          ],
        },
        { back: "There is nothing to take back." },
      ],
    },
    {
      title: "It ends again, or all of the color does",
      blocks: [
        {
          when: [
            "`restart` ends with `expected … to be ready within 60 s`, or the container is down again. Blue is warm: the traffic goes",
            "there first, then green is made anew.",
          ],
        },
        {
          id: "again",
          steps: [
            {
              run: 'npx switchback rollback --quick --yes --reason "green does not stay up" --stack {stack}',
              because: "6: blue serves, and green is still ill",
              code: 6,
              shows: /confirmed: blue [\s\S]*it is done, and the validation found:/,
            },
            { run: "docker rm --force {stack}-green-orders-1 {stack}-green-orders-2" },
            {
              run: "npx switchback up --refresh --yes --skip-preview --stack {stack}",
              because: "makes them anew, without traffic",
            },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "Blue serves; green, which the validation finds still ill, makes it exit code 6:",
          output: [
            " ~  command:local:Command router updating moved in 0.036 s",
            " ~  command:local:Command router updating confirmed: blue 1.0.0",
            "it is done, and the validation found:",
            "  fail  container {stack}-green-orders-1: Restarting (1) 15 seconds ago",
            "  fail  container {stack}-green-orders-2: Exited (137) About a minute ago",
          ],
        },
        {
          costs: [
            "Three or four seconds until blue serves. Logs and inspects of green are in the capture that the rollback took; volumes",
            "stay when a container goes.",
          ],
        },
        { back: "`npx switchback config set activeColor green --stack {stack}`, then `up`, once green stays up." },
        {
          refused: [
            "`health`: blue is down as well, so it is not the release: look for what both need,",
            "[cascading-failure.md](cascading-failure.md), or for memory, [resource-exhaustion.md](resource-exhaustion.md). Green goes",
            "down when it is made anew too: its release is wrong, [failed-deploy.md](failed-deploy.md).",
          ],
        },
      ],
    },
  ],
};
