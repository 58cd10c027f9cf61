import type { ColorName } from "./schema.ts";

export type Answer = "yes" | "no" | "unknown";

/** One condition of a verdict. `no` refuses; `unknown` refuses unless the config accepts it by name. */
export interface Condition {
  readonly name: string;
  readonly answer: Answer;
  /** What was found, and, where it refuses, what to do. */
  readonly detail: string;
  /** It only tells: whatever its answer, it refuses nothing. */
  readonly informs?: boolean;
}

export interface Verdict {
  /** 0: nothing moves; 1: traffic alone; 2: to another schema, or to a release that does not run yet; 3: to other data. */
  readonly level: 0 | 1 | 2 | 3;
  readonly from: ColorName | undefined;
  readonly to: ColorName;
  readonly summary: string;
  readonly conditions: readonly Condition[];
  /** Conditions that stop the run; empty when it is allowed. */
  readonly refused: readonly Condition[];
}

export interface Change {
  /** Whether the router could be asked, or is not there yet. */
  readonly readable: boolean;
  /** The color that serves now; undefined before the first deployment. */
  readonly from: ColorName | undefined;
  readonly fromRelease: string | undefined;
  readonly to: ColorName;
  readonly toRelease: string | undefined;
  /** Whether the target's containers must be made or replaced first. */
  readonly cold: boolean;
  /** Where the schema goes; undefined: nowhere, or the stack has none. */
  readonly schema: { readonly from: string; readonly to: string; readonly held: boolean } | undefined;
  /** What else changes at the router: canary, maintenance, isolation. */
  readonly modes: readonly string[];
  /** What changes of the services that exist once per stack. */
  readonly platform?: readonly string[];
  /** Which data the stack gets; undefined: it keeps what it has. */
  readonly data?: string | undefined;
}

/** Decides whether a change may run. */
export function decide(change: Change, conditions: readonly Condition[], accepted: readonly string[]): Verdict {
  const refused = conditions.filter(
    ({ name, answer, informs }) => !informs && (answer === "no" || (answer === "unknown" && !accepted.includes(name))),
  );
  return { level: levelOf(change), from: change.from, to: change.to, summary: summarize(change), conditions, refused };
}

/** What the verdict tells beside its conditions. */
export interface Story {
  /** What the change does, step by step. */
  readonly order?: readonly string[];
  /** What it takes to go back afterwards. */
  readonly back?: string | undefined;
  /** What is known of the data that comes, and of what stays behind. */
  readonly facts?: readonly string[] | undefined;
}

/** The verdict as preview and up print it. */
export function renderVerdict(verdict: Verdict, { order = [], back, facts = [] }: Story = {}): string {
  const width = Math.max(...verdict.conditions.map(({ name }) => name.length), 0);
  const lines = verdict.conditions.map(
    ({ name, answer, detail }) => `  ${answer.padEnd(7)} ${name.padEnd(width)}  ${detail}`,
  );
  const allowed = verdict.refused.length === 0;
  const steps = [
    ...listed("data", facts),
    ...listed(
      "order",
      order.map((step, index) => `${index + 1}. ${step}`),
    ),
    ...listed("back", back && order.length > 0 ? [back] : []),
  ];
  return [`verdict: ${allowed ? "allowed" : "refused"}: ${verdict.summary}`, ...lines, ...steps].join("\n");
}

const listed = (label: string, texts: readonly string[]) =>
  texts.map((text, index) => `  ${(index === 0 ? label : "").padEnd(8)}${text}`);

/** Why a refused verdict refuses, and what to do. */
export function renderRefusal(verdict: Verdict): string {
  const reasons = verdict.refused.map(({ name, answer, detail }) => {
    const way = answer === "unknown" ? `; if you know better: pulumi config set --path 'accept[0]' ${name}` : "";
    return `  ${name}: ${detail}${way}`;
  });
  return [`refused, nothing was changed: ${verdict.summary}`, ...reasons].join("\n");
}

function describeSchema(schema: Change["schema"]): string {
  if (!schema) return "";
  const moves = `the schema goes from ${schema.from || "its beginning"} to ${schema.to || "its beginning"}`;
  return schema.held ? `${moves} while requests are held` : moves;
}

function levelOf({ from, to, cold, schema, data, platform = [] }: Change): Verdict["level"] {
  if (data) return 3;
  if (from === undefined) return 0;
  if (schema || platform.length > 0) return 2;
  if (from === to) return 0;
  return cold ? 2 : 1;
}

function summarize(change: Change): string {
  const { from, to, toRelease, fromRelease, modes } = change;
  const level = levelOf(change);
  const extra = [describeSchema(change.schema), ...modes, ...(change.platform ?? [])]
    .filter(Boolean)
    .map((part) => `; ${part}`)
    .join("");
  const side = from === to ? `${to} ${toRelease} stays active` : `${from} -> ${to} ${toRelease}`;
  if (change.data) return `level 3, ${change.data}; ${side}${extra}`;
  if (!change.readable) return `${to} ${toRelease} is to get the traffic, and the router could not be asked${extra}`;
  if (from === undefined) return `first deployment, ${to} ${toRelease} gets the traffic${extra}`;
  if (from === to && level === 2) return `level 2, ${to} ${toRelease} stays active${extra}`;
  if (from === to) return `no traffic moves, ${to} ${toRelease} stays active${extra}`;
  const warm = level === 1 ? "traffic only, both colors are warm" : "both colors are warm";
  const what = change.cold ? `${to} is made anew first` : warm;
  return `level ${level}, ${from} ${fromRelease ?? "(unknown release)"} -> ${to} ${toRelease} (${what})${extra}`;
}
