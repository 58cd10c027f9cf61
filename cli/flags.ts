/** The flags of a command, as `parseArgs` of Node takes them. */
export type Flags = Readonly<Record<string, { readonly type: "string" | "boolean"; readonly short?: string }>>;

export const text = (short?: string) => ({ type: "string" as const, ...(short && { short }) });
export const flag = (short?: string) => ({ type: "boolean" as const, ...(short && { short }) });

/** What every command takes. */
export const common: Flags = {
  stack: text("s"),
  cwd: text("C"),
  engine: text(),
  color: text(),
  "non-interactive": flag(),
  help: flag("h"),
};
