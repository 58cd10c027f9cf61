import { lasting } from "./bands.ts";
import type { Facts } from "./facts.ts";
import type { Thresholds } from "./profiles.ts";
import type { Symptoms } from "./symptoms.ts";

/** One line for each symptom that was told, with the threshold that it is held against. */
export function observe(symptoms: Symptoms, facts: Facts, thresholds: Thresholds): string[] {
  return [
    ...told(symptoms.security, (state) => `security: ${state === "cleared" ? "understood and cleared" : state}`),
    ...told(symptoms.corruption, (size) => `corruption: ${size}`),
    ...told(
      symptoms.lossMinutes,
      (age) =>
        `rows were lost ${minutes(age)} ago (${facts.loss}: up to ${thresholds.recentLossMinutes} min is recent)`,
    ),
    ...flag(symptoms.dependencyDown, "a dependency that both colors share is down"),
    ...flag(symptoms.schemaTrouble, "code and schema do not fit each other"),
    ...flag(symptoms.badConfig, "the config is wrong"),
    ...told(symptoms.errorPercent, (percent) => errors(percent, symptoms, thresholds)),
    ...told(symptoms.latencySeconds, (seconds) => latency(seconds, thresholds)),
    ...told(symptoms.crash, (crash) => `a container ${crashWords[crash]}`),
    ...percents(symptoms, thresholds),
    ...flag(symptoms.leak, "memory or connections grow without end"),
    ...(facts.severity === "none" ? [] : times(symptoms, facts, thresholds)),
    ...flag(symptoms.restarted, "a restart was tried"),
    ...told(symptoms.otherColor, (side) => `the other color is ${side}`),
  ];
}

const crashWords = {
  once: "ended once, and runs again",
  down: "ended, and stays down",
  loop: "ends again and again",
} as const;

function errors(percent: number, { errorType }: Symptoms, { errorPercent: { minor, serious, critical } }: Thresholds) {
  const type = errorType === "exceptions" ? ", the code throws" : errorType ? ", nothing answers" : "";
  return `errors: ${round(percent)} %${type} (minor from ${minor}, serious from ${serious}, critical from ${critical})`;
}

const latency = (seconds: number, { latencySeconds: { serious, critical } }: Thresholds) =>
  `latency: ${round(seconds)} s (serious from ${serious}, critical from ${critical})`;

function percents(symptoms: Symptoms, { fullPercent }: Thresholds): string[] {
  return (["disk", "memory", "connections"] as const).flatMap((name) =>
    told(symptoms[`${name}Percent`], (percent) => `${name}: ${round(percent)} % used (full from ${fullPercent[name]})`),
  );
}

function times(symptoms: Symptoms, { severity, began }: Facts, thresholds: Thresholds): string[] {
  const long = lasting(symptoms, thresholds);
  const watched = severity === "none" ? undefined : thresholds.patienceMinutes[severity];
  const { sinceChangeMinutes } = symptoms;
  return [
    long === undefined
      ? "for how long is not known: no more waiting"
      : `it lasts for ${minutes(long)} (${severity} trouble is watched for ${watched} min)`,
    sinceChangeMinutes === undefined
      ? "when it began, relative to the last change, is not known"
      : `the last change was ${minutes(sinceChangeMinutes)} ago; ${beganWords(began, long, thresholds)}`,
  ];
}

function beganWords(began: Facts["began"], long: number | undefined, { suspectMinutes }: Thresholds): string {
  if (long === undefined) return `it is not suspected for longer than ${suspectMinutes} min`;
  if (began === "before") return "it began before that";
  return `it began ${began === "soon" ? "within" : "more than"} ${suspectMinutes} min after that`;
}

const told = <T>(value: T | undefined, words: (value: T) => string): string[] =>
  value === undefined ? [] : [words(value)];
const flag = (value: boolean | undefined, words: string): string[] => (value ? [words] : []);
const round = (value: number) => String(Number(value.toFixed(value < 10 ? 2 : 0)));
const minutes = (value: number) => (value < 120 ? `${round(value)} min` : `${round(value / 60)} h`);
