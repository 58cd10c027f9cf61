import { runOperation } from "./operation.ts";

/**
 * Writes a volume's files, as a backup point has them, into a new volume. Returns whether it succeeded; its lines go to the terminal.
 * @param words service, volume, name of the new volume, and the backup point, if not the last one
 */
export const restoreFiles = (
  { cwd, stack }: { readonly cwd: string; readonly stack?: string },
  words: readonly string[],
  engine: "embedded" | "pulumi",
): boolean =>
  runOperation({
    command: "restore-files",
    operation: "restore-files",
    cwd,
    stack,
    engine,
    args: (_, name) => [name, ...words],
  });
