import { percentile } from "../load/result.ts";
import { rounded } from "../table.ts";

/** What was measured; times in seconds. */
export interface Level1Samples {
  readonly requests: number;
  readonly failed: number;
  readonly webSocketsDropped: number;
  readonly moves: readonly number[];
  readonly ups: readonly number[];
  readonly noopUps: readonly number[];
  readonly shell: { readonly failed: number; readonly moves: readonly number[] };
}

/** What `--json` writes under `level1`. */
export function level1Json(samples: Level1Samples) {
  return {
    switches: samples.moves.length,
    requests: samples.requests,
    failed: samples.failed,
    webSocketsDropped: samples.webSocketsDropped,
    moveSeconds: distribution(samples.moves),
    upSeconds: distribution(samples.ups),
    noopUpSeconds: distribution(samples.noopUps),
    ratioToNoop: rounded(percentile(samples.ups, 50) / percentile(samples.noopUps, 50)),
    shell: { failed: samples.shell.failed, moveSeconds: distribution(samples.shell.moves) },
  };
}

/** Each thing that level 1 must reach, what was measured, and whether it holds. */
export function expectations(result: ReturnType<typeof level1Json>): { what: string; got: string; met: boolean }[] {
  const { failed, requests, webSocketsDropped, moveSeconds, ratioToNoop } = result;
  return [
    { what: "0 failed requests", got: `${failed} of ${requests}`, met: failed === 0 },
    { what: "0 WebSockets dropped", got: `${webSocketsDropped}`, met: webSocketsDropped === 0 },
    { what: "traffic moved <= 0.2 s (p95)", got: `${moveSeconds.p95} s`, met: moveSeconds.p95 <= 0.2 },
    { what: "`up` <= 1.5 x an `up` with nothing to do (p50)", got: `${ratioToNoop} x`, met: ratioToNoop <= 1.5 },
  ];
}

/** Median, 95th percentile and worst, rounded. */
export const distribution = (values: readonly number[]) => ({
  p50: rounded(percentile(values, 50)),
  p95: rounded(percentile(values, 95)),
  max: rounded(percentile(values, 100)),
});
