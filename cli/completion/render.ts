/** A command with its flags, as a shell offers them. */
export interface Offered {
  /** One word, or two. */
  readonly name: string;
  /** With their dashes. */
  readonly flags: readonly string[];
}

/** The script for a shell, which calls nothing but the shell itself. */
export const renderCompletion = (shell: "bash" | "zsh", commands: readonly Offered[]): string =>
  `${shell === "bash" ? bash(commands) : zsh(commands)}\n`;

/** What may come next after the words so far, and the flags then, as shell patterns. */
function cases(commands: readonly Offered[]): string {
  const firsts = [...new Set(commands.map(({ name }) => name.split(" ")[0]!))];
  const seconds = firsts.map((first) => {
    const own = commands.filter(({ name }) => name.startsWith(`${first} `));
    return [first, own.map(({ name }) => name.split(" ")[1]!)] as const;
  });
  return [
    `    ' ') offer="${firsts.join(" ")}" ;;`,
    ...commands
      .filter(({ name }) => name.includes(" "))
      .map(({ name, flags }) => `    '${name}') offer="${flags.join(" ")}" ;;`),
    ...seconds.map(([first, own]) => {
      const flags = commands.find(({ name }) => name === first)?.flags ?? [];
      return `    '${first} '*) offer="${[...own, ...flags].join(" ")}" ;;`;
    }),
  ].join("\n");
}

const stacks = `$(ls Pulumi.*.yaml 2>/dev/null | sed 's/^Pulumi\\.//; s/\\.yaml$//')`;

const offering = (commands: readonly Offered[]) => `  case "$before" in
    --stack | -s) offer="${stacks}" ;;
    --engine) offer="embedded pulumi" ;;
    --level) offer="1 2 3" ;;
    *) case "$first $second" in
${cases(commands)}
    esac ;;
  esac`;

// A word after a flag that takes a value is none of the command.
const reading = `    if [[ $skip = 1 ]]; then skip=0
    elif [[ $word = --stack || $word = -s || $word = --engine || $word = --cwd || $word = -C ]]; then skip=1
    elif [[ $word != -* && -z $first ]]; then first=$word
    elif [[ $word != -* && -z $second ]]; then second=$word
    fi`;

const bash = (
  commands: readonly Offered[],
) => `# bash completion of switchback: source it, or put it where bash-completion looks.
_switchback() {
  local first="" second="" skip=0 offer="" word before="\${COMP_WORDS[COMP_CWORD - 1]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${reading}
  done
${offering(commands)}
  COMPREPLY=($(compgen -W "$offer" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _switchback switchback`;

const zsh = (commands: readonly Offered[]) => `#compdef switchback
_switchback() {
  local first="" second="" skip=0 offer="" word before="\${words[CURRENT - 1]}"
  for word in "\${(@)words[2,CURRENT - 1]}"; do
${reading}
  done
${offering(commands)}
  compadd -- \${=offer}
}
compdef _switchback switchback`;
