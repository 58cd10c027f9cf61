import type Docker from "dockerode";
import { bounded, probeMilliseconds } from "../../stacks/probe-bounded.ts";
import { recordsName } from "../live/records.ts";
import { type Check, fail, unknown, verdictOf } from "./check.ts";
import { checkCache } from "./checks/cache.ts";
import { checkCertificates } from "./checks/certificates.ts";
import { checkContainers } from "./checks/containers.ts";
import { checkCorruption } from "./checks/corruption.ts";
import { checkDatabase } from "./checks/database.ts";
import { checkDebugPorts } from "./checks/debug-ports.ts";
import { checkDeclared } from "./checks/declared.ts";
import { checkEgress } from "./checks/egress.ts";
import { checkHealth } from "./checks/health.ts";
import { checkJournal } from "./checks/journal.ts";
import { checkLogs } from "./checks/logs.ts";
import { checkMarkers } from "./checks/markers.ts";
import { checkNames } from "./checks/names.ts";
import { checkNetworks } from "./checks/networks.ts";
import { checkResources } from "./checks/resources.ts";
import { checkRouter } from "./checks/router.ts";
import { checkRows } from "./checks/rows.ts";
import { checkSample } from "./checks/sample.ts";
import { checkSchema } from "./checks/schema.ts";
import { checkWebSockets } from "./checks/websockets.ts";
import { type Context, type Depth, readContext } from "./context.ts";
import { readExpectation } from "./expectation.ts";
import { endSession } from "./in-database.ts";
import type { ValidationReport } from "./report.ts";

export interface ValidateOptions {
  /** `quick`: seconds, and nothing that reads all data; `thorough`: pages, catalogs, exact counts, a longer sample. */
  readonly depth: Depth;
  /** Lines of logs before it are not counted, in s since 1970; unset: as far back as `logMinutes` says. */
  readonly logsSince?: number;
}

interface Part {
  readonly name: string;
  readonly run: (context: Context) => Promise<Check[]>;
  /** Bound of a quick run, in seconds; unset, or where it is less: a probe's. */
  readonly seconds?: number;
  /** It is asked of a stack that is to be isolated too, where nothing reaches anything. */
  readonly isolated?: true;
}

/** In the order in which they are told. */
const parts: readonly Part[] = [
  { name: "containers", run: checkContainers, isolated: true },
  { name: "router", run: checkRouter, isolated: true },
  { name: "health", run: checkHealth },
  { name: "WebSockets", run: checkWebSockets },
  { name: "response", run: checkSample, seconds: 5 },
  { name: "declared checks", run: checkDeclared },
  // Both need a container of their own.
  { name: "debug ports", run: checkDebugPorts, seconds: 5 },
  { name: "egress", run: checkEgress, seconds: 5 },
  { name: "database", run: checkDatabase, seconds: 5 },
  { name: "schema", run: checkSchema },
  { name: "rows", run: checkRows },
  { name: "corruption", run: checkCorruption },
  { name: "markers", run: checkMarkers },
  { name: "journal", run: checkJournal },
  { name: "cache", run: checkCache },
  { name: "networks", run: checkNetworks },
  { name: "names", run: checkNames },
  { name: "certificates", run: checkCertificates },
  // The engine takes a second for each of two samples.
  { name: "resources", run: checkResources, seconds: 5, isolated: true },
  { name: "logs", run: checkLogs },
];

/** At once: more of them make each other late, and what is late is unknown. */
const atOnce = 4;
const thoroughSeconds = 600;
/** For what is read once for all, of which each part is bounded too; the list of containers comes beside them. */
const contextSeconds = 5;

/**
 * Holds the live system against what the last `up` was to reach. It changes nothing and takes no lock; what is dead makes
 * checks fail or unknown, and never throws.
 */
export async function validate(docker: Docker, stack: string, options: ValidateOptions): Promise<ValidationReport> {
  const { depth } = options;
  const begun = performance.now();
  const at = new Date().toISOString();
  const checks = await look(docker, stack, options);
  return { stack, verdict: verdictOf(checks), checks, at, depth, milliseconds: Math.round(performance.now() - begun) };
}

async function look(docker: Docker, stack: string, { depth, logsSince = 0 }: ValidateOptions): Promise<Check[]> {
  const reached = await bounded(() => docker.ping());
  if ("unknown" in reached)
    return [fail("docker", reached.unknown, "the engine answers", "start the Docker engine, or set DOCKER_HOST")];
  const expectation = await bounded(() => readExpectation(docker, stack));
  if ("unknown" in expectation)
    return [
      unknown(
        "expectation",
        expectation.unknown,
        `\`docker start ${recordsName(stack)}\` where its container stands still; \`switchback up --stack ${stack}\` leaves it`,
      ),
    ];
  const context = await bounded(() => readContext(docker, stack, depth, expectation.value), quick(contextSeconds));
  if ("unknown" in context) return [unknown("containers", context.unknown)];
  const value = { ...context.value, logsSince };
  try {
    const isolated = expectation.value.goal.pointer.mode === "isolate";
    const asked = parts.filter((part) => !isolated || part.isolated);
    return (await inTurns(asked, atOnce, (part) => runPart(value, part))).flat();
  } finally {
    await bounded(() => endSession(value), 500);
  }
}

/** In ms; a machine that is slow or far away has more for each. */
const quick = (seconds: number): number => Math.max(1000 * seconds, probeMilliseconds());

async function runPart(context: Context, { name, run, seconds = 0 }: Part): Promise<Check[]> {
  const found = await bounded(() => run(context), context.depth === "quick" ? quick(seconds) : 1000 * thoroughSeconds);
  return "value" in found ? found.value : [unknown(name, found.unknown)];
}

/** Works on each, the slow ones first, so many at once; results are in the order of the input. */
async function inTurns(all: readonly Part[], most: number, work: (part: Part) => Promise<Check[]>): Promise<Check[][]> {
  const waiting = all.map((part, at) => ({ part, at })).sort((a, b) => (b.part.seconds ?? 0) - (a.part.seconds ?? 0));
  const results: Check[][] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next.at] = await work(next.part);
  };
  await Promise.all(Array.from({ length: most }, worker));
  return results;
}
