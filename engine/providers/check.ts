import type { CheckResult, Props, Value } from "../provider.ts";
import { unknown } from "../provider.ts";
import type { Field, Fields } from "./field.ts";

type Failures = { property: string; reason: string }[];

/**
 * The inputs with defaults filled in. `__defaults` names them, in every object, as the real docker provider writes it,
 * so that a state written by one engine is understood by the other. Unknown, unsupported and ill-typed properties are failures.
 */
export function checkFields(type: string, fields: Fields, inputs: Props): CheckResult {
  const failures: Failures = [];
  const checked = checkObject(type, fields, inputs, "", failures);
  return { inputs: checked, failures };
}

function checkObject(type: string, fields: Fields, given: Props, path: string, failures: Failures): Props {
  const result: Record<string, Value> = {};
  for (const [key, value] of Object.entries(given)) {
    if (key === "__defaults" || value === null) continue;
    const property = path === "" ? key : `${path}.${key}`;
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field === undefined || field.output) {
      failures.push({ property, reason: `expected a property of ${type}, got the unknown name \`${key}\`` });
    } else if (field.refused && !isEmpty(value)) {
      failures.push({
        property,
        reason: `\`${key}\` is not supported by the embedded engine: leave it out, or use --engine pulumi`,
      });
    } else result[key] = checkValue(type, field, value, property, failures);
  }
  const defaults = Object.keys(fields).filter((key) => fields[key]?.default !== undefined && !(key in result));
  for (const key of defaults) result[key] = fields[key]!.default as Value;
  for (const [key, field] of Object.entries(fields)) {
    if (!field.required || key in result || failures.some((failure) => failure.property.endsWith(key))) continue;
    failures.push({
      property: path === "" ? key : `${path}.${key}`,
      reason: `expected \`${key}\` to be set, got nothing`,
    });
  }
  result.__defaults = defaults.sort();
  return result;
}

function checkValue(type: string, field: Field, value: Value, property: string, failures: Failures): Value {
  if (value === unknown) return value;
  const wrong = (expected: string): Value => {
    failures.push({ property, reason: `expected ${expected}, got ${JSON.stringify(value)}` });
    return value;
  };
  switch (field.kind) {
    case "bool":
      return typeof value === "boolean" ? value : wrong("true or false");
    case "int":
      return Number.isInteger(value) ? value : wrong("a whole number");
    case "string":
      if (typeof value !== "string") return wrong("a string");
      return field.pattern === undefined || field.pattern.test(value)
        ? value
        : wrong(`a string like ${field.pattern.source}`);
    case "map":
      return isProps(value) && Object.values(value).every(isText) ? value : wrong("a map of strings");
    case "object":
      return isProps(value) ? checkObject(type, field.fields!, value, property, failures) : wrong("an object");
    default:
      if (!Array.isArray(value)) return wrong("a list");
      if (field.fields === undefined) return value.every(isText) ? value : wrong("a list of strings");
      return value.map((item: Value, i) =>
        isProps(item)
          ? checkObject(type, field.fields!, item, `${property}[${i}]`, failures)
          : item === unknown
            ? item
            : wrong("a list of objects"),
      );
  }
}

export const isProps = (value: Value | undefined): value is Props =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isText = (value: Value): boolean => typeof value === "string" || value === unknown;
const isEmpty = (value: Value): boolean =>
  value === false ||
  value === "" ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isProps(value) && Object.keys(value).length === 0);
