import type { Runbook } from "./runbook.ts";

export const networkFailure: Runbook = {
  name: "network-failure",
  title: "A network is wrong",
  symptom: "containers run, and do not reach each other",
  example: { address: "10.210.1.16", router: "10.210.1.2" },
  parts: [
    {
      title: "A container is not in its network",
      blocks: [
        {
          when: [
            "Every container runs, and requests to a service, or of it to the database, fail or wait. `validate` says `fail` of a",
            "`network`, and names the container. It is not a rollback; a restart and `up` leave it as it is. Is green concerned",
            "alone? The traffic can go to blue meanwhile: [failed-deploy.md](failed-deploy.md).",
          ],
        },
        {
          id: "container",
          steps: [
            {
              run: "npx switchback validate --quick --stack {stack}",
              because: "its remedy is the next line",
              code: 1,
              shows: /-green-orders-1 is not in it[\s\S]*docker network connect --ip [\d.]+ --alias orders/,
            },
            { run: "docker network connect --ip {address} --alias orders {stack}-green {stack}-green-orders-1" },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "Below failing checks of the router and of the service:",
          output: [
            "fail     network {stack}-green                {stack}-green-orders-1 is not in it",
            "         expected: 10.210.1.0/24, each container at its address",
            "         remedy: `docker network connect --ip 10.210.1.16 --alias orders {stack}-green {stack}-green-orders-1`",
          ],
        },
        { costs: "Nothing: no container is stopped." },
        { back: "There is nothing to take back." },
      ],
    },
    {
      title: "The router does not reach a color",
      blocks: [
        {
          when: "Every replica of a color fails `health`, and runs; `validate` says that `{stack}-router` is not in its network.",
        },
        {
          id: "router",
          steps: [
            { run: "npx switchback validate --quick --stack {stack}", code: 1, shows: /-router is not in it/ },
            { run: "docker network connect --ip {router} {stack}-green {stack}-router" },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        { costs: "Nothing: requests are answered from that moment on." },
      ],
    },
    {
      title: "A network is gone",
      blocks: [
        { when: "`validate` says `there is none` of a network." },
        {
          id: "network",
          steps: [
            {
              run: "npx switchback up --refresh --yes --skip-preview --stack {stack}",
              because: "makes the network",
            },
            {
              run: "npx switchback validate --quick --stack {stack}",
              because: "a line for each container that belongs there",
              code: 1,
              shows: /docker network connect/,
            },
            { run: "docker network connect --ip {address} --alias orders {stack}-green {stack}-green-orders-1" },
            { run: "docker network connect --ip {router} {stack}-green {stack}-router" },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        { costs: "Some seconds, in which that color is away. The other one, and the data, are untouched." },
        {
          refused: [
            "The subnet is taken by somebody else's network: `docker network ls` and `docker network inspect` say whose; remove that.",
            "All networks are gone, as after a loss of the host: its page is in the [list](README.md).",
          ],
        },
      ],
    },
  ],
};
