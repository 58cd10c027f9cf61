import { pulumiCommands } from "./args.ts";
import { verbs } from "./verbs.ts";

const width = Math.max(...Object.keys(verbs).map((name) => name.length)) + 2;

/** What `switchback help` prints. */
export const help = (): string =>
  [
    "switchback: a rollback is a change of stack config, then `up`; on the pulumi CLI, or on the embedded engine where there is none",
    "",
    ...Object.entries(verbs).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`),
    "",
    `  and pulumi's own, with its flags and names: ${Object.keys(pulumiCommands).join(", ")}`,
    "  up also: --skip-preview --refresh --expect-no-changes; config set: --path --secret",
    "",
    "  --stack NAME   --cwd FOLDER   --engine pulumi|embedded   --yes   --diff   --json   --message TEXT",
  ].join("\n");
