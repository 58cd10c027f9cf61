import { isList, isMap, type Rich, type RichProps } from "./values.ts";

/** A step of a property path: a key, an index, or `*` for every one. */
export type PathPart = string | number;

/** `colors.blue["image tag"].list[0]` and `triggers[*]` as parts. Throws on a malformed path. */
export function parsePath(path: string): PathPart[] {
  const parts: PathPart[] = [];
  const token = /\.?\["((?:[^"\\]|\\.)*)"\]|\.?\[(\d+|\*)\]|(?:^|\.)([^.[\]"]+)/y;
  while (token.lastIndex < path.length) {
    const match = token.exec(path);
    if (match === null)
      throw new Error(`property path ${JSON.stringify(path)} is malformed: write it like a.b[0]["c d"]`);
    if (match[1] !== undefined) parts.push(match[1].replace(/\\(.)/g, "$1"));
    else if (match[2] !== undefined) parts.push(match[2] === "*" ? "*" : Number(match[2]));
    else parts.push(match[3]!);
  }
  return parts;
}

/** Whether `outer` names `inner` or something around it; `*` matches any part. */
export function pathContains(outer: readonly PathPart[], inner: readonly PathPart[]): boolean {
  return outer.length <= inner.length && outer.every((part, i) => part === "*" || part === inner[i]);
}

/** `next` with the values of `old` at every path: how `ignoreChanges` works. A value that was absent becomes absent. */
export function keepOld(next: RichProps, old: RichProps, paths: readonly string[]): RichProps {
  return paths.reduce<Rich>((props, path) => keepAt(props, old, parsePath(path)), next) as RichProps;
}

function keepAt(next: Rich | undefined, old: Rich | undefined, path: readonly PathPart[]): Rich {
  const [part, ...rest] = path;
  if (part === undefined) return old ?? null;
  if (isMap(next) && (isMap(old) || old === undefined)) return keepInMap(next, old ?? {}, part, rest);
  if (next !== undefined && old !== undefined && isList(next) && isList(old)) {
    return next.map((item, i) =>
      part === "*" || part === i ? (i < old.length ? keepAt(item, old[i], rest) : item) : item,
    );
  }
  return next ?? null;
}

function keepInMap(next: RichProps, old: RichProps, part: PathPart, rest: readonly PathPart[]): RichProps {
  const result: Record<string, Rich> = { ...next };
  const keys = part === "*" ? new Set([...Object.keys(next), ...Object.keys(old)]) : [String(part)];
  for (const key of keys) {
    const inOld = Object.hasOwn(old, key);
    if (rest.length > 0) {
      if (Object.hasOwn(result, key)) result[key] = keepAt(result[key], inOld ? old[key] : undefined, rest);
    } else if (inOld) result[key] = old[key]!;
    else delete result[key];
  }
  return result;
}
