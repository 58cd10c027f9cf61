import { unknown } from "../provider.ts";
import { equal, isList, isMap, own, type Rich, type RichProps, Secret } from "../values.ts";

type Side = Rich | undefined;

/** Lines for one property: only what differs, or with `all` everything. Empty when there is nothing to show. */
export function renderChange(label: string, before: Side, after: Side, indent: string, all: boolean): string[] {
  const same = equal(before, after);
  if (same && !all) return [];
  const mark = same ? "  " : before === undefined ? "+ " : after === undefined ? "- " : "~ ";
  const head = `${indent.slice(2)}${mark}${label}: `;
  if (before !== undefined && after !== undefined && !same) {
    if (isContainer(before) && isContainer(after) && isList(before) === isList(after)) {
      return [
        `${head}${isList(after) ? "[" : "{"}`,
        ...renderParts(before, after, `${indent}    `, all),
        `${indent}${isList(after) ? "]" : "}"}`,
      ];
    }
    return [`${head}${shown(before)} => ${shown(after)}`];
  }
  const value = (after ?? before) as Rich;
  if (!isContainer(value) || partsOf(value).length === 0) return [`${head}${shown(value)}`];
  const parts = partsOf(value).flatMap(([name, part]) => {
    const [was, is]: [Side, Side] = [before === undefined ? undefined : part, after === undefined ? undefined : part];
    return renderChange(name, was, is, `${indent}    `, true);
  });
  return [`${head}${isList(value) ? "[" : "{"}`, ...parts, `${indent}${isList(value) ? "]" : "}"}`];
}

/** Lines for a set of properties, names padded to one width. `__defaults` and other internals are left out. */
export function renderProps(before: RichProps, after: RichProps, indent: string, all: boolean): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => !name.startsWith("__"))
    .sort();
  const visible = names.filter((name) => all || !equal(own(before, name), own(after, name)));
  const width = Math.max(0, ...visible.map((name) => name.length));
  return visible.flatMap((name) => renderChange(name.padEnd(width), own(before, name), own(after, name), indent, all));
}

export function shown(value: Rich): string {
  if (value instanceof Secret) return "[secret]";
  if (value === unknown) return "[unknown]";
  if (isList(value)) return `[${value.map(shown).join(", ")}]`;
  if (isMap(value)) {
    const parts = partsOf(value).map(([name, part]) => `${name}: ${shown(part)}`);
    return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
  }
  return JSON.stringify(value);
}

function renderParts(
  before: readonly Rich[] | RichProps,
  after: readonly Rich[] | RichProps,
  indent: string,
  all: boolean,
): string[] {
  if (!isList(before) || !isList(after)) return renderProps(before as RichProps, after as RichProps, indent, all);
  const length = Math.max(before.length, after.length);
  return Array.from({ length }, (_, i) => renderChange(`[${i}]`, before[i], after[i], indent, all)).flat();
}

function partsOf(value: readonly Rich[] | RichProps): [string, Rich][] {
  if (isList(value)) return value.map((part, i) => [`[${i}]`, part]);
  return Object.keys(value)
    .filter((name) => !name.startsWith("__"))
    .sort()
    .map((name) => [name, value[name]!]);
}

function isContainer(value: Rich): value is readonly Rich[] | RichProps {
  return isList(value) || isMap(value);
}
