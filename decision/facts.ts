import { type Bands, bandValues, type Severity, severities } from "./symptoms.ts";

/** Every value of what the table asks. */
export const factValues = {
  security: bandValues.security,
  corruption: bandValues.corruption,
  loss: bandValues.loss,
  dependency: bandValues.dependency,
  disk: bandValues.disk,
  schema: bandValues.schema,
  config: bandValues.config,
  /** The worst that errors, latency, crashes and resources show. */
  severity: severities,
  /** It has lasted for longer than its severity may, or nothing is gained by waiting. */
  due: ["no", "yes"],
  restart: ["helps", "cannot help", "was tried"],
  began: bandValues.began,
  /** Memory or connections are used up, or leak. */
  strain: ["no", "yes"],
  other: bandValues.other,
} as const;

export type Facts = { readonly [Name in keyof typeof factValues]: (typeof factValues)[Name][number] };

type Judged = "severity" | "due" | "restart" | "strain";
const strained = ["memory", "connections", "leak"] as const;
const severe = ["errors", "latency", "crash", ...strained, "disk"] as const;

/** The bands that a fact follows from. */
export const sources: { readonly [Name in keyof Facts]: readonly (keyof Bands)[] } = {
  security: ["security"],
  corruption: ["corruption"],
  loss: ["loss"],
  dependency: ["dependency"],
  disk: ["disk"],
  schema: ["schema"],
  config: ["config"],
  severity: severe,
  due: [...severe, "outlasts"],
  restart: [...severe, "errorType", "began", "restarted"],
  began: ["began"],
  strain: strained,
  other: ["other"],
};

/** What the table asks, from the bands of the symptoms. */
export function factsOf(bands: Bands): Facts {
  const { security, corruption, loss, dependency, disk, schema, config, began, other } = bands;
  const severity = severityOf(bands);
  const judged: Pick<Facts, Judged> = {
    severity,
    due: isDue(bands, severity) ? "yes" : "no",
    restart: restartOf(bands, severity),
    strain: isStrained(bands) ? "yes" : "no",
  };
  return { security, corruption, loss, dependency, disk, schema, config, began, other, ...judged };
}

const crashSeverity = { none: "none", once: "minor", down: "critical", loop: "critical" } as const;

function severityOf({ errors, latency, crash, memory, connections, leak, disk }: Bands): Severity {
  const all: Severity[] = [errors, latency, crashSeverity[crash], leak === "yes" ? "minor" : "none"];
  if ([memory, connections, disk].includes("full")) all.push("serious");
  return all.reduce((worst, one) => (rank(one) > rank(worst) ? one : worst));
}

const rank = (severity: Severity) => severities.indexOf(severity);

const isDue = ({ crash, outlasts }: Bands, severity: Severity) =>
  // What does not run does not run better in a minute.
  crash === "down" || crash === "loop" || (outlasts !== "none" && rank(outlasts) <= rank(severity));

const isStrained = ({ memory, connections, leak }: Bands) =>
  memory === "full" || connections === "full" || leak === "yes";

/**
 * A restart helps what a process has come to hold: hung requests, memory, connections. It does not help code that throws, nor
 * a process that ends again and again, nor a color that was just started and is already critical.
 */
function restartOf(bands: Bands, severity: Severity): Facts["restart"] {
  if (bands.restarted === "yes") return "was tried";
  const justStarted = bands.began === "soon" && severity === "critical";
  if (bands.crash === "loop" || justStarted) return "cannot help";
  const hangs = bands.latency !== "none" || (bands.errors !== "none" && bands.errorType !== "exceptions");
  return hangs || bands.crash !== "none" || isStrained(bands) ? "helps" : "cannot help";
}
