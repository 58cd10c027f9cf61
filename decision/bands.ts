import type { Thresholds } from "./profiles.ts";
import type { Bands, Severity, Symptoms } from "./symptoms.ts";

/** The symptoms as the table sees them. */
export function bandsOf(symptoms: Symptoms, thresholds: Thresholds): Bands {
  const { fullPercent } = thresholds;
  const full = (percent: number | undefined, limit: number) => ((percent ?? 0) >= limit ? "full" : "free");
  return {
    errors: errorBand(symptoms.errorPercent ?? 0, thresholds),
    errorType: symptoms.errorType ?? "unknown",
    latency: latencyBand(symptoms.latencySeconds ?? 0, thresholds),
    crash: symptoms.crash ?? "none",
    began: beganBand(symptoms, thresholds),
    outlasts: outlastsBand(symptoms, thresholds),
    corruption: symptoms.corruption ?? "none",
    loss: lossBand(symptoms.lossMinutes, thresholds),
    schema: symptoms.schemaTrouble ? "trouble" : "fits",
    config: symptoms.badConfig ? "bad" : "good",
    security: symptoms.security ?? "none",
    dependency: symptoms.dependencyDown ? "down" : "up",
    disk: full(symptoms.diskPercent, fullPercent.disk),
    memory: full(symptoms.memoryPercent, fullPercent.memory),
    connections: full(symptoms.connectionsPercent, fullPercent.connections),
    leak: symptoms.leak ? "yes" : "no",
    restarted: symptoms.restarted ? "yes" : "no",
    other: symptoms.otherColor ?? "warm",
  };
}

/**
 * For how long it lasts, in minutes. Untold, with a change that is recent enough to be suspected, it began with that;
 * undefined: nobody knows.
 */
export function lasting({ lastingMinutes, sinceChangeMinutes }: Symptoms, { suspectMinutes }: Thresholds) {
  if (lastingMinutes !== undefined) return lastingMinutes;
  return sinceChangeMinutes !== undefined && sinceChangeMinutes <= suspectMinutes ? sinceChangeMinutes : undefined;
}

function errorBand(percent: number, { errorPercent: { minor, serious, critical } }: Thresholds): Severity {
  if (percent >= critical) return "critical";
  if (percent >= serious) return "serious";
  return percent >= minor ? "minor" : "none";
}

function latencyBand(seconds: number, { latencySeconds: { serious, critical } }: Thresholds): Bands["latency"] {
  if (seconds >= critical) return "critical";
  return seconds >= serious ? "serious" : "none";
}

function beganBand(symptoms: Symptoms, thresholds: Thresholds): Bands["began"] {
  const { sinceChangeMinutes } = symptoms;
  if (sinceChangeMinutes === undefined) return "unknown";
  const minutes = lasting(symptoms, thresholds);
  // Who asks long after a change sees what has begun not long ago.
  if (minutes === undefined) return "later";
  if (minutes > sinceChangeMinutes) return "before";
  return sinceChangeMinutes - minutes <= thresholds.suspectMinutes ? "soon" : "later";
}

// Who does not know how long it lasts is not told to wait.
function outlastsBand(symptoms: Symptoms, thresholds: Thresholds): Severity {
  const { minor, serious, critical } = thresholds.patienceMinutes;
  const minutes = lasting(symptoms, thresholds);
  if (minutes === undefined || minutes >= minor) return "minor";
  if (minutes >= serious) return "serious";
  return minutes >= critical ? "critical" : "none";
}

function lossBand(minutes: number | undefined, { recentLossMinutes }: Thresholds): Bands["loss"] {
  if (minutes === undefined) return "none";
  return minutes <= recentLossMinutes ? "recent" : "old";
}
