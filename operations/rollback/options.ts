import { parseArgs } from "node:util";

export interface RollbackOptions {
  readonly stack: string;
  /** What `--to` says; undefined: it is chosen at the terminal, or `previous`. */
  readonly to: string | undefined;
  readonly level: 1 | 2 | 3 | undefined;
  readonly reason: string;
  readonly approvedBy: string | undefined;
  /** Entries for `allowDataLoss`. */
  readonly allowLoss: Readonly<Record<string, number>>;
  readonly mode: "list" | "dry-run" | "break-glass" | "run";
  readonly yes: boolean;
  readonly json: boolean;
}

const options = {
  to: { type: "string" },
  level: { type: "string" },
  reason: { type: "string" },
  "approved-by": { type: "string" },
  "allow-loss": { type: "string" },
  quick: { type: "boolean" },
  list: { type: "boolean" },
  "dry-run": { type: "boolean" },
  "break-glass": { type: "boolean" },
  yes: { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** Reads the program's arguments. @throws when they contradict each other, or the reason is missing */
export function readOptions(args: readonly string[]): RollbackOptions {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  const [stack, ...rest] = positionals;
  if (!stack || rest.length > 0)
    throw new Error(`expected the stack's name alone, got ${positionals.join(" ") || "nothing"}; a target is --to ID`);
  const modes = (["list", "dry-run", "break-glass"] as const).filter((mode) => values[mode]);
  if (modes.length > 1) throw new Error(`expected one of --${modes.join(", --")}, got all of them`);
  const mode = modes[0] ?? "run";
  const reason = (values.reason ?? process.env.SWITCHBACK_REASON ?? "").trim();
  if (reason === "" && (mode === "run" || mode === "break-glass"))
    throw new Error('expected --reason "why", got none: it goes to the journal and to whoever looks at it later');
  const level = levelOf(values.level, values.quick === true);
  return {
    ...{ stack, level, reason, mode },
    to: values.to ?? (values.quick || values.yes ? "previous" : undefined),
    approvedBy: values["approved-by"],
    allowLoss: lossOf(values["allow-loss"]),
    yes: values.yes === true,
    json: values.json === true,
  };
}

function levelOf(text: string | undefined, quick: boolean): RollbackOptions["level"] {
  const level = text === undefined ? undefined : Number(text);
  if (level !== undefined && level !== 1 && level !== 2 && level !== 3)
    throw new Error(`--level: expected 1, 2 or 3, got ${text}`);
  if (quick && level !== undefined && level !== 1)
    throw new Error(`expected --quick, which is level 1, or --level ${level}; got both`);
  return quick ? 1 : level;
}

function lossOf(text: string | undefined): Record<string, number> {
  const entries = (text ?? "").split(",").filter(Boolean);
  return Object.fromEntries(
    entries.map((entry) => {
      const [name = "", most = ""] = entry.split("=");
      if (name && /^\d+$/.test(most)) return [name, Number(most)];
      throw new Error(`--allow-loss: expected MIGRATION=NUMBER or GENERATION=NUMBER, got ${entry}`);
    }),
  );
}
