import { runOperation } from "./operation.ts";

/** Prints what the live system of a stack is. Returns whether it could be read; its lines go to the terminal. */
export const showStatus = (
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  json: boolean,
  engine: "embedded" | "pulumi",
): boolean =>
  runOperation({
    command: "status",
    operation: "status",
    cwd,
    stack,
    engine,
    args: (_, name) => [name, ...(json ? ["--json"] : [])],
  });
