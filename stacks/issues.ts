import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** One sentence per problem: dotted path, what was expected, what was got. */
export function describeIssues(issues: readonly Issue[], input: unknown, prefix = ""): string[] {
  return issues.map((issue) => {
    const path = issue.path.map(String).join(".");
    const where = path ? `${prefix}${path}: ` : prefix;
    if (issue.code === "unrecognized_keys") {
      return `${where}expected only known keys, got ${issue.keys.map((key) => `"${key}"`).join(", ")}; docs/config.md lists them`;
    }
    const got = issue.code === "invalid_key" ? issue.path.at(-1) : at(input, issue.path);
    const message = issue.code === "invalid_key" ? issue.issues[0]?.message : issue.message;
    return `${where}${sentence(message ?? "expected another value")}, got ${issue.path[0] === "secrets" ? "[secret]" : show(got)}`;
  });
}

const sentence = (message: string) =>
  message
    .replace(/^Invalid input: /, "")
    .replace(/^Invalid option: /, "")
    .replace(/, received .*$/, "");

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value !== "object") return `${value} (${value === null ? "null" : typeof value})`;
  return Array.isArray(value) ? "a list" : "a map";
}
