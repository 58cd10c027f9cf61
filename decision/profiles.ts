/** Where numbers become bands. */
export interface Thresholds {
  /** Share of failed requests from which it is minor, serious, critical. */
  readonly errorPercent: { readonly minor: number; readonly serious: number; readonly critical: number };
  /** Time of 95 % of the requests from which it is serious, critical. */
  readonly latencySeconds: { readonly serious: number; readonly critical: number };
  /** How long trouble of a severity is watched before anything is done. */
  readonly patienceMinutes: { readonly minor: number; readonly serious: number; readonly critical: number };
  /** What begins at most this long after a change is put down to it. */
  readonly suspectMinutes: number;
  /** From which a resource counts as used up. */
  readonly fullPercent: { readonly disk: number; readonly memory: number; readonly connections: number };
  /** Up to this age of a loss all data go back; later, rows alone. */
  readonly recentLossMinutes: number;
}

export const profileNames = ["telemetry", "collaboration", "video"] as const;
export type ProfileName = (typeof profileNames)[number];

export interface Profile {
  /** Which platforms it is for. */
  readonly for: string;
  readonly thresholds: Thresholds;
  /** Why a threshold differs from the default profile's, by its dotted name. */
  readonly choices: Readonly<Record<string, string>>;
}

export const defaultProfile: ProfileName = "telemetry";

const telemetry: Thresholds = {
  errorPercent: { minor: 5, serious: 10, critical: 50 },
  latencySeconds: { serious: 2, critical: 5 },
  patienceMinutes: { minor: 15, serious: 5, critical: 2 },
  suspectMinutes: 15,
  fullPercent: { disk: 90, memory: 90, connections: 90 },
  recentLossMinutes: 60,
};

export const profiles: Readonly<Record<ProfileName, Profile>> = {
  telemetry: {
    for: "machines that send and send again what was not taken: measurements, events, logs",
    thresholds: telemetry,
    choices: {},
  },
  collaboration: {
    for: "people who work on the same thing at once: documents, boards, chat",
    thresholds: {
      ...telemetry,
      errorPercent: { minor: 2, serious: 5, critical: 25 },
      latencySeconds: { serious: 1, critical: 3 },
      recentLossMinutes: 15,
    },
    choices: {
      "errorPercent.minor": "a failed request is an edit that somebody made and nobody sends again",
      "errorPercent.serious": "people stop when one edit in twenty fails",
      "errorPercent.critical": "with one edit in four gone, a shared document is no longer the same for everybody",
      "latencySeconds.serious": "others see an edit this late; from a second on they write over each other",
      "latencySeconds.critical": "clients take a connection for lost, and all of them come again at once",
      recentLossMinutes:
        "a quarter of an hour holds more edits than anybody makes again: after that, rows are copied back and nothing else moves",
    },
  },
  video: {
    for: "streams that are watched while they come: players with a buffer, recordings on disks",
    thresholds: {
      ...telemetry,
      latencySeconds: { serious: 4, critical: 8 },
      patienceMinutes: { minor: 10, serious: 3, critical: 1 },
      fullPercent: { ...telemetry.fullPercent, disk: 80 },
    },
    choices: {
      "latencySeconds.serious": "a player has some seconds in its buffer: a segment late by less is not seen",
      "latencySeconds.critical": "two segments late, and the picture stands still",
      "patienceMinutes.minor": "what is watched now cannot be watched later as it was",
      "patienceMinutes.serious": "viewers leave a stream that stutters sooner than they leave a page",
      "patienceMinutes.critical": "a stream that stands still for a minute has lost its viewers",
      "fullPercent.disk": "recordings fill the last fifth of a disk in the time that others need for a tenth",
    },
  },
};

/** Thresholds of which single ones are given. */
export type ThresholdChanges = {
  readonly [Name in keyof Thresholds]?:
    | (Thresholds[Name] extends number ? number : Partial<Thresholds[Name]>)
    | undefined;
};

/** A profile's thresholds with the changes of a stack. */
export function thresholdsOf(profile: ProfileName, changes: ThresholdChanges = {}): Thresholds {
  const base = profiles[profile].thresholds;
  return {
    errorPercent: { ...base.errorPercent, ...changes.errorPercent },
    latencySeconds: { ...base.latencySeconds, ...changes.latencySeconds },
    patienceMinutes: { ...base.patienceMinutes, ...changes.patienceMinutes },
    suspectMinutes: changes.suspectMinutes ?? base.suspectMinutes,
    fullPercent: { ...base.fullPercent, ...changes.fullPercent },
    recentLossMinutes: changes.recentLossMinutes ?? base.recentLossMinutes,
  };
}

/** One sentence for each pair of thresholds in the wrong order, with its dotted name. */
export function disorder({ errorPercent, latencySeconds, patienceMinutes }: Thresholds): string[] {
  const { minor, serious, critical } = patienceMinutes;
  const rising: [string, number, string, number][] = [
    ["errorPercent.minor", errorPercent.minor, "errorPercent.serious", errorPercent.serious],
    ["errorPercent.serious", errorPercent.serious, "errorPercent.critical", errorPercent.critical],
    ["latencySeconds.serious", latencySeconds.serious, "latencySeconds.critical", latencySeconds.critical],
    ["patienceMinutes.critical", critical, "patienceMinutes.serious", serious],
    ["patienceMinutes.serious", serious, "patienceMinutes.minor", minor],
  ];
  return rising
    .filter(([, low, , high]) => low > high)
    .map(([lower, low, upper, high]) => `${lower}: expected at most ${upper}, which is ${high}, got ${low}`);
}
