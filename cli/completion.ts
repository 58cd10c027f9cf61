import type { Verb } from "./verb.ts";

export const completion: Verb = {
  summary: "bash|zsh: print what makes the shell complete commands, flags and stacks",
  flags: {},
  async run({ words }) {
    const [shell] = words;
    if (shell !== "bash" && shell !== "zsh")
      throw new Error(`completion: expected bash or zsh, got ${shell ?? "none"}`);
    const [{ allCommands }, { renderCompletion }, { common }] = await Promise.all([
      import("./args.ts"),
      import("./completion/render.ts"),
      import("./flags.ts"),
    ]);
    const offered = Object.entries(allCommands()).map(([name, flags]) => ({
      name,
      flags: Object.keys({ ...flags, ...common }).map((flag) => `--${flag}`),
    }));
    process.stdout.write(renderCompletion(shell, offered));
    return 0;
  },
};
