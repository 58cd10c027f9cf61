import { describeIssues } from "./issues.ts";
import { rules } from "./rules.ts";
import { type StackConfig, stackSchema } from "./schema.ts";
import { resolveSecrets } from "./secrets.ts";
import { unquoted } from "./unquoted.ts";

export type Loaded =
  | { readonly config: StackConfig; readonly errors: readonly [] }
  | { readonly config: undefined; readonly errors: readonly string[] };

/**
 * What a stack says, checked.
 * @param raw the config of the project's namespace as Pulumi hands it over: key without namespace, to text; maps and lists as JSON
 * @returns the config, or every problem at once, each with its dotted path
 */
export function loadStack(raw: Readonly<Record<string, string>>): Loaded {
  const undecodable = Object.entries(raw).filter(
    ([key, text]) => !plainKeys.has(key) && key in stackSchema.shape && !isMapOrList(text),
  );
  const input = Object.fromEntries(
    Object.entries(raw).map(([key, text]) => [key, isMapOrList(text) ? JSON.parse(text) : text]),
  );
  const first = stackSchema.safeParse(input);
  const result = first.success ? first : stackSchema.safeParse(unquoted(input, first.error.issues));
  const broken = new Set(undecodable.map(([key]) => key));
  const issues = result.success ? [] : result.error.issues.filter((issue) => !broken.has(String(issue.path[0])));
  const errors = [...undecodable.map(([key, text]) => describeText(key, text)), ...describeIssues(issues, input)];
  if (!result.success) return { config: undefined, errors };
  const config = { ...result.data, secrets: resolveSecrets(result.data.secrets, errors) };
  for (const rule of rules) rule(config, errors);
  return errors.length === 0 ? { config, errors: [] } : { config: undefined, errors };
}

const plainKeys = new Set<string>([
  "activeColor",
  "reason",
  "schemaVersion",
  "targetBackup",
  "targetTime",
  "targetLsn",
  "targetGeneration",
  "recoveryId",
  "generation",
  "drill",
]);

function isMapOrList(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null;
  } catch {
    return false;
  }
}

const describeText = (key: string, text: string) =>
  `${key}: expected a map or a list, got ${key === "secrets" ? "[secret]" : JSON.stringify(text)}; set single values with \`pulumi config set --path ${key}.…\``;
