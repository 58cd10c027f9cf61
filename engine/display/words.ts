import { topKeys } from "../diff.ts";
import type { DetailedDiff, Op, Step } from "../steps.ts";
import { equal, own } from "../values.ts";

interface Words {
  /** Two columns before the type. */
  readonly mark: string;
  readonly plan: string;
  readonly doing: string;
  readonly done: string;
  readonly failed: string;
}

const words: Readonly<Record<Op, Words>> = {
  same: w("  ", "", "", "", "failed"),
  create: w("+ ", "create", "creating", "created", "creating failed"),
  update: w("~ ", "update", "updating", "updated", "updating failed"),
  delete: w("- ", "delete", "deleting", "deleted", "deleting failed"),
  replace: w("+-", "replace", "replacing", "replaced", "replacing failed"),
  "create-replacement": w(
    "++",
    "create replacement",
    "creating replacement",
    "created replacement",
    "creating replacement failed",
  ),
  "delete-replaced": w("--", "delete original", "deleting original", "deleted original", "deleting original failed"),
  "remove-pending-replace": w("- ", "remove", "removing", "removed", "removing failed"),
  refresh: w("~ ", "refresh", "refreshing", "refreshed", "refreshing failed"),
  read: w("> ", "read", "reading", "read", "reading failed"),
};

export const wordsOf = (step: Step): Words => words[step.op];

/** `[diff: +a,~b]`: the properties that differ, as pulumi abbreviates them. */
export function diffSummary(step: Step): string {
  const detailed = step.diff ?? inputDiff(step);
  const paths = Object.keys(detailed);
  const signs = { "+": "add", "-": "delete", "~": "update" };
  const groups = Object.entries(signs).flatMap(([sign, kind]) => {
    const names = topKeys(paths.filter((path) => signOf(paths, path, detailed) === kind));
    return names.length === 0 ? [] : [`${sign}${names.join(",")}`];
  });
  return groups.length === 0 ? "" : `[diff: ${groups.join("")}]`;
}

/** Of a resource that is made again because of another one no diff was asked: what differs is seen in its inputs. */
function inputDiff({ old, next }: Step): DetailedDiff {
  if (old === undefined || next === undefined) return {};
  const keys = Object.keys({ ...old.inputs, ...next.inputs }).filter((key) => !key.startsWith("__"));
  const kind = (key: string) =>
    own(old.inputs, key) === undefined ? "add" : own(next.inputs, key) === undefined ? "delete" : "update";
  return Object.fromEntries(
    keys.filter((key) => !equal(own(old.inputs, key), own(next.inputs, key))).map((key) => [key, kind(key)]),
  );
}

/** A property is added or deleted when all of it is; any inner difference is an update. */
function signOf(paths: readonly string[], path: string, detailed: DetailedDiff): string {
  const [top] = topKeys([path]);
  const kinds = paths
    .filter((other) => topKeys([other])[0] === top)
    .map((other) => detailed[other]!.replace("-replace", ""));
  const whole = path === top && new Set(kinds).size === 1;
  return whole ? kinds[0]! : "update";
}

/** `Resources:` and its lines, in pulumi's words: planned in a preview, done in an update. */
export function resourceSummary(counts: Readonly<Record<string, number>>, planned: boolean, errors: number): string[] {
  const rows: readonly [Op, string, string, string][] = [
    ["create", "+ ", "to create", "created"],
    ["update", "~ ", "to update", "updated"],
    ["delete", "- ", "to delete", "deleted"],
    ["replace", "+-", "to replace", "replaced"],
  ];
  const changes = rows.filter(([op]) => (counts[op] ?? 0) > 0);
  const total = changes.reduce((sum, [op]) => sum + counts[op]!, 0);
  const same = counts.same ?? 0;
  const sums = [changes.length > 1 ? `${total} changes.` : "", same > 0 ? `${same} unchanged` : ""];
  return [
    "Resources:",
    ...changes.map(([op, mark, plan, done]) => `    ${mark}${counts[op]} ${planned ? plan : done}`),
    ...(sums.join("") === "" ? [] : [`    ${sums.filter((text) => text !== "").join(" ")}`]),
    ...(errors > 0 ? [`    ${errors} errored`] : []),
  ];
}

function w(mark: string, plan: string, doing: string, done: string, failed: string): Words {
  return { mark, plan, doing, done, failed: `**${failed}**` };
}
