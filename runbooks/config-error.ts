import type { Runbook } from "./runbook.ts";

export const configError: Runbook = {
  name: "config-error",
  title: "A value of the config is wrong",
  symptom: "a wrong value in the config, in a release set or in the platform set",
  example: { key: "services.orders.port", value: "8080", set: "orders-3", former: "edge-2025" },
  parts: [
    {
      title: "It is refused",
      blocks: [
        {
          when: "`preview` or `up` ends with the key, what was expected and what was got, of all problems at once. Nothing has moved.",
        },
        {
          id: "refused",
          steps: [
            {
              run: "npx switchback preview --stack {stack}",
              because: "names every key that is wrong",
              code: 1,
              shows: /expected .*, (got|received) /,
            },
            { run: "npx switchback config set --path {key} {value} --stack {stack}" },
            { run: "npx switchback preview --stack {stack}", shows: /unchanged/ },
          ],
        },
        {
          sees: "The first preview:",
          output: [
            "    error: the config of stack {stack} cannot be used, nothing was changed:",
            '      services.orders.port: expected number, got "eighty"',
          ],
        },
        { costs: "Nothing. What serves was not touched." },
        { back: "`npx switchback config --stack {stack}` shows what is set, `git diff Pulumi.{stack}.yaml` what was." },
      ],
    },
    {
      title: "It was accepted, and came with a release set",
      blocks: [
        {
          when: [
            "Green has a new release set (environment, files, flags, its `nginx.conf`), is ready, and behaves wrongly. Blue has the",
            "former one.",
          ],
        },
        {
          id: "set",
          steps: [
            {
              run: 'npx switchback rollback --quick --yes --reason "a flag of the set is wrong" --stack {stack}',
              because: "blue, with its own set",
              shows: /confirmed: blue /,
            },
            {
              run: "npx switchback config set --path colors.green.releaseSet {set} --stack {stack}",
              because: "a new folder in sets/, corrected",
            },
            { run: "npx switchback up --yes --skip-preview --stack {stack}", because: "green anew, without traffic" },
            { run: "npx switchback config set activeColor green --stack {stack}" },
            { run: "npx switchback up --yes --skip-preview --stack {stack}", shows: /confirmed: green / },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "The rollback changes one resource:",
          output: [
            " ~  command:local:Command router updating switching green 1.1.0 -> blue 1.0.0",
            " ~  command:local:Command router updating moved in 0.052 s",
            " ~  command:local:Command router updating confirmed: blue 1.0.0",
          ],
        },
        { costs: "Three or four seconds until blue serves; no request is lost." },
        { back: "`rollback --quick` again: blue stays warm with the former set." },
        {
          refused: [
            "`activeColorFrozen`: the set of the color that serves cannot change; move the traffic first. A file of the new set is",
            "wrong: the sentence names it, and green stays as it was.",
          ],
        },
      ],
    },
    {
      title: "It was accepted, and is in the platform set",
      blocks: [
        {
          when: [
            "The certificate, nginx directives of all services, the maintenance page, Prometheus: what both colors share, so that",
            "it is the same in the other color.",
          ],
        },
        {
          id: "platform",
          steps: [
            {
              run: "npx switchback config set --path platform.set {former} --stack {stack}",
              because: "the set before; its folder is still there",
            },
            { run: "npx switchback preview --stack {stack}" },
            { run: "npx switchback up --yes --skip-preview --stack {stack}" },
            { run: "npx switchback validate --quick --stack {stack}", shows: /: ok; / },
          ],
        },
        {
          sees: "The update:",
          output: [
            " ~  command:local:Command router updating nginx runs the new configuration",
            " ~  command:local:Command router updating confirmed: green 1.1.0",
          ],
        },
        {
          costs: [
            "A few seconds. A service of the platform without `reload` is away while its container is replaced:",
            "[platform.md](../platform.md).",
          ],
        },
        { back: "Name the later set again." },
        {
          refused: [
            "A file of the former set is wrong by now, such as a certificate that has expired: make a new folder of its files",
            "with a valid one, and name that.",
          ],
        },
      ],
    },
    {
      title: "It was accepted, and is a key of the stack",
      blocks: [
        [
          "Such as `memoryMb`, `router.drain` or a parameter of the database. `git diff Pulumi.{stack}.yaml` shows it; set it back by",
          "`config set --path`, look at the `preview`, then `up`. A key of a service would change the color that serves, and is refused:",
          "give the former value to the color without traffic (`colors.blue.services.orders`), and move the traffic.",
        ],
      ],
    },
  ],
};
