import type { Runbook } from "./runbook.ts";

export const failedDeploy: Runbook = {
  name: "failed-deploy",
  title: "The new release is wrong",
  symptom: "a deploy failed, or the new release answers errors",
  example: {},
  parts: [
    {
      blocks: [
        {
          when: [
            "Green was deployed, and answers errors or nonsense. The schema is one that blue's release accepts too: `status` says",
            "blue runs, and not `closed`.",
          ],
        },
        {
          id: "back",
          steps: [
            { run: "npx switchback status --stack {stack}", shows: /^serves +green /m },
            {
              run: 'npx switchback rollback --quick --yes --reason "green answers 500" --stack {stack}',
              because: "the same as activeColor blue and up",
              shows: /confirmed: blue /,
            },
          ],
        },
        {
          sees: "One resource changes.",
          output: [
            " ~  command:local:Command router updating gate: blue ready 1/1",
            " ~  command:local:Command router updating switching green 2.0.0 -> blue 1.1.0",
            " ~  command:local:Command router updating moved in 0.021 s",
            " ~  command:local:Command router updating confirmed: blue 1.1.0",
            " ~  command:local:Command router updating draining green",
          ],
        },
        {
          costs: [
            "Three or four seconds in all; the traffic moves within a fraction of one. Requests in flight end on green, WebSockets",
            "reconnect within `router.drain.webSocketSeconds`. No request is lost. Green is asked nothing, and may be dead.",
          ],
        },
        { back: "`npx switchback config set activeColor green --stack {stack}`, then `up`. Green stays warm." },
        {
          refused: [
            "`health`: blue is not ready either; look at `docker logs {stack}-blue-orders-1`. `activeColorFrozen`: the config changes",
            "green as well; take that out. More in [rollback.md](../rollback.md).",
          ],
        },
      ],
    },
    {
      title: "Without the project",
      blocks: [
        { when: "Neither Node nor the project is at hand, or the engine is broken: Docker is enough." },
        {
          id: "glass",
          steps: [
            {
              run: 'docker exec {stack}-router switchback-route blue --because "green answers 500"',
              because: "nothing is asked: break glass",
            },
          ],
        },
        {
          back: "Until the override is cleared, `up` refuses and names the two ways out: keep it in the config, or take it back.",
        },
        { id: "clear", steps: [{ run: "docker exec {stack}-router switchback-route --clear" }] },
      ],
    },
  ],
};
