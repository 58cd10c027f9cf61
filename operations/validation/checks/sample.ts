import { bounded, type Probed } from "../../../stacks/probe-bounded.ts";
import type { ColorName } from "../../../stacks/schema.ts";
import { type RouterState, type RouterStatus, readRouter } from "../../router/state.ts";
import { confirmProbes } from "../../router/traffic.ts";
import { type Answer, type Ask, askAll } from "../ask.ts";
import { type Check, judged, unknown } from "../check.ts";
import { acting, asker, type Context, noAsker, servingColors, wayOut } from "../context.ts";

const [time, rate] = ["response time", "error rate"] as const;
/** Of each answer. */
const seconds = 1.6;
const roundsOfQuick = 4;

/** Requests of its own through the router, and what the router counted of everybody's meanwhile. */
export async function checkSample(context: Context): Promise<Check[]> {
  const { docker, stack, expectation, depth } = context;
  const { sample, responseMs, errorPercent } = expectation.thresholds;
  const probes = confirmProbes({ ...expectation.goal, pointer: acting(context) });
  if (acting(context).mode !== "serve" || probes.length === 0) return [];
  const router = asker(context);
  if (router === undefined) return [unknown(time, noAsker), unknown(rate, noAsker)];
  const asks = probes.map(({ path, host }) => ({ url: `http://127.0.0.1:8080${path}`, host }));
  const each = asks.flatMap((ask) => Array<Ask>(Math.ceil(sample / roundsOfQuick)).fill(ask));
  const [rounds, milliseconds] = depth === "quick" ? [roundsOfQuick, 1500] : [10 * roundsOfQuick, 120_000];
  const answers = await inRounds(rounds, milliseconds, () => askAll(docker, router, each, seconds));
  const serving = servingColors(context);
  const before = statusIn(context.router);
  const after = statusIn(await bounded(() => readRouter(docker, stack), 1000));
  const counted = before && after && countedBetween(before, after, serving);
  const away = serving.map((color) => wayOut(context, color)).join("");
  return judgeSample(answers, counted, { responseMs, errorPercent }, away);
}

/**
 * Rounds one after the other, so that the sample is no burst that the service would not see otherwise. None begins after
 * that many milliseconds: a service that hangs would never let it end.
 */
export async function inRounds<T>(
  rounds: number,
  milliseconds: number,
  ask: () => Promise<readonly T[]>,
): Promise<T[]> {
  const begun = performance.now();
  const answers: T[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && performance.now() - begun > milliseconds) break;
    answers.push(...(await ask()));
  }
  return answers;
}

const statusIn = (router: Probed<RouterState>): RouterStatus | undefined =>
  "value" in router && router.value.kind === "read" ? router.value.status : undefined;

export interface Counted {
  readonly requests: number;
  readonly errors: number;
}

/**
 * What the router counted between two readings of its status, of the colors that get the traffic: a request that was on its way
 * to the other color when the traffic was taken from it may still fail. Undefined: the traffic moved in between, and its
 * counters began anew.
 */
export function countedBetween(
  before: RouterStatus,
  after: RouterStatus,
  serving: readonly ColorName[],
): Counted | undefined {
  if (before.since !== after.since) return undefined;
  const sum = (field: "requests" | "errors") =>
    serving.reduce((total, color) => total + after.colors[color][field] - before.colors[color][field], 0);
  return { requests: sum("requests"), errors: sum("errors") };
}

export function judgeSample(
  answers: readonly Pick<Answer, "status" | "milliseconds">[],
  counted: Counted | undefined,
  { responseMs, errorPercent }: { responseMs: number; errorPercent: number },
  away: string,
): Check[] {
  const answered = answers
    .filter(({ status }) => status !== 0)
    .map(({ milliseconds }) => milliseconds)
    .sort((a, b) => a - b);
  const slow = answered[Math.ceil(0.95 * answered.length) - 1];
  const failed = answers.filter(({ status }) => status === 0 || status >= 500).length;
  // The router's count has the sample's own requests in it, but none that it never answered.
  const requests = Math.max(counted?.requests ?? 0, answers.length);
  const errors = Math.max(counted?.errors ?? 0, failed);
  const percent = (100 * errors) / requests;
  return [
    slow === undefined
      ? unknown(time, "no request was answered")
      : judged(
          slow < responseMs,
          time,
          `${slow} ms for 95 % of ${answered.length}`,
          `less than ${responseMs} ms`,
          `look for what is slow: \`docker stats\`, the service's log${away}`,
        ),
    judged(
      percent < errorPercent || errors === 0,
      rate,
      `${percent.toFixed(1)} %, ${errors} of ${requests}`,
      `less than ${errorPercent} %`,
      `the service's log says why${away}`,
    ),
  ];
}
