/** What is told or measured of a stack that may have to go back. Unset: not told, and taken as absent. */
export interface Symptoms {
  /** Share of requests answered with 500 and above. */
  readonly errorPercent?: number;
  /** Of most errors: the code throws (500), or nothing answers (502, 503, 504). */
  readonly errorType?: (typeof errorTypes)[number];
  /** Time that 95 % of the requests do not take longer than. */
  readonly latencySeconds?: number;
  /** A container ended: once and runs again, stays down, or ends again and again. */
  readonly crash?: (typeof crashes)[number];
  /** How long ago the last change was: of traffic, release, schema, set or data. */
  readonly sinceChangeMinutes?: number;
  /** For how long it lasts now. */
  readonly lastingMinutes?: number;
  /** Wrong data: a few rows that can be named, or more than anybody can name, or damaged pages. */
  readonly corruption?: (typeof corruptions)[number];
  /** Rows are gone: how long ago they went. */
  readonly lossMinutes?: number;
  /** The code and the schema do not fit each other. */
  readonly schemaTrouble?: boolean;
  readonly badConfig?: boolean;
  /** Somebody may be in the system; `cleared`: what happened is understood, and the stack still isolated. */
  readonly security?: (typeof securities)[number];
  /** Something that both colors use does not answer. */
  readonly dependencyDown?: boolean;
  readonly diskPercent?: number;
  readonly memoryPercent?: number;
  /** Of the connections that the pooler or the database admits. */
  readonly connectionsPercent?: number;
  /** Memory or connections grow without end. */
  readonly leak?: boolean;
  /** A restart was tried since it began, and did not help. */
  readonly restarted?: boolean;
  /** The color without traffic: it could serve now, or is closed, down or absent. */
  readonly otherColor?: (typeof sides)[number];
}

export const errorTypes = ["exceptions", "no-answer"] as const;
export const crashes = ["once", "down", "loop"] as const;
export const corruptions = ["minor", "major"] as const;
export const securities = ["suspected", "cleared"] as const;
export const sides = ["warm", "cold"] as const;
export const severities = ["none", "minor", "serious", "critical"] as const;
export type Severity = (typeof severities)[number];

/** Every value that a symptom has for the decision: numbers are bands, by the thresholds. */
export const bandValues = {
  errors: severities,
  errorType: ["unknown", ...errorTypes],
  latency: ["none", "serious", "critical"],
  crash: ["none", ...crashes],
  /** When it began, relative to the last change; `soon`: so shortly after it that the change is suspected. */
  began: ["unknown", "before", "soon", "later"],
  /** The severest for which it lasts too long by now. */
  outlasts: severities,
  corruption: ["none", ...corruptions],
  loss: ["none", "recent", "old"],
  schema: ["fits", "trouble"],
  config: ["good", "bad"],
  security: ["none", ...securities],
  dependency: ["up", "down"],
  disk: ["free", "full"],
  memory: ["free", "full"],
  connections: ["free", "full"],
  leak: ["no", "yes"],
  restarted: ["no", "yes"],
  other: sides,
} as const;

export type Bands = { readonly [Name in keyof typeof bandValues]: (typeof bandValues)[Name][number] };
