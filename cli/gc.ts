import { runOperation } from "./operation.ts";

/** Names what no rollback can need, and with `yes` removes it. Returns whether it succeeded; its lines go to the terminal. */
export const collectGarbage = (
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  yes: boolean,
  engine: "embedded" | "pulumi",
): boolean =>
  runOperation({
    command: "gc",
    operation: "gc",
    cwd,
    stack,
    engine,
    args: (_, name) => [name, ...(yes ? ["--yes"] : [])],
  });
