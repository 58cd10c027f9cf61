import { describeIssues } from "./issues.ts";
import { rules } from "./rules.ts";
import { type StackConfig, stackSchema } from "./schema.ts";

export type Loaded =
  | { readonly config: StackConfig; readonly errors: readonly [] }
  | { readonly config: undefined; readonly errors: readonly string[] };

/**
 * What a stack says, checked.
 * @param raw the config of the project's namespace as Pulumi hands it over: key without namespace, to text; maps and lists as JSON
 * @returns the config, or every problem at once, each with its dotted path
 */
export function loadStack(raw: Readonly<Record<string, string>>): Loaded {
  const errors: string[] = [];
  const input = Object.fromEntries(Object.entries(raw).map(([key, text]) => [key, decode(key, text, errors)]));
  const result = stackSchema.safeParse(input);
  if (!result.success) errors.push(...describeIssues(result.error.issues, input));
  else for (const rule of rules) rule(result.data, errors);
  return result.success && errors.length === 0 ? { config: result.data, errors: [] } : { config: undefined, errors };
}

const plainKeys = new Set<string>(["activeColor", "reason"]);

function decode(key: string, text: string, errors: string[]): unknown {
  if (plainKeys.has(key) || !(key in stackSchema.shape)) return text;
  try {
    return JSON.parse(text);
  } catch {
    errors.push(
      `${key}: expected a map or a list, got ${key === "secrets" ? "[secret]" : JSON.stringify(text)}; set single values with \`pulumi config set --path ${key}.…\``,
    );
    return undefined;
  }
}
