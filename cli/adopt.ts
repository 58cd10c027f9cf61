import { runOperation } from "./operation.ts";

/** Makes the engine and its state the owner of the live stack. Returns whether it succeeded; its lines go to the terminal. */
export const adoptStack = (
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  engine: "embedded" | "pulumi",
): boolean =>
  runOperation({
    command: "stack adopt",
    operation: "adopt",
    cwd,
    stack,
    engine,
    args: (project, name) => [project, name],
  });
