import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface RenderedScript {
  readonly up: string;
  readonly down: string | null;
}

/**
 * The SQL of migrations written in JavaScript or TypeScript, by path. They run in a process of their own, without a
 * database, so that this process neither loads them nor the library they use.
 */
export function renderScripts(
  paths: readonly string[],
  errors: string[],
): Readonly<Record<string, RenderedScript | undefined>> {
  if (paths.length === 0) return {};
  const renderer = fileURLToPath(new URL("./render-scripts.ts", import.meta.url));
  try {
    const output = execFileSync(process.execPath, [renderer, ...paths], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000,
    });
    const { rendered, problems } = JSON.parse(output) as {
      rendered: Record<string, RenderedScript>;
      problems: string[];
    };
    errors.push(...problems);
    return rendered;
  } catch (error) {
    const { message, stderr } = error as Error & { stderr?: string };
    errors.push(`${paths[0]}: expected migrations that render to SQL, got: ${stderr?.trim().slice(-500) || message}`);
    return {};
  }
}
