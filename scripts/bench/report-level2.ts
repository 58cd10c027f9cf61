import type { Ledger } from "../load/ledger.ts";
import { percentile } from "../load/result.ts";
import { rounded } from "../table.ts";
import { distribution } from "./report.ts";

/** What was measured; times in seconds, one per way back. Requests count both ways. */
export interface Level2Samples {
  readonly requests: number;
  readonly failed: number;
  /** Requests still in flight on the color being left when it lost the database. */
  readonly cut: number;
  readonly held: readonly number[];
  readonly ups: readonly number[];
  readonly noopUps: readonly number[];
  readonly ledger: Ledger;
}

/** What `--json` writes under `level2`. */
export function level2Json(samples: Level2Samples) {
  const { acknowledged, missing } = samples.ledger;
  return {
    changes: samples.ups.length,
    requests: samples.requests,
    failed: samples.failed,
    cut: samples.cut,
    heldSeconds: distribution(samples.held),
    upSeconds: distribution(samples.ups),
    noopUpSeconds: distribution(samples.noopUps),
    ratioToNoop: rounded(percentile(samples.ups, 50) / percentile(samples.noopUps, 50)),
    ledger: { acknowledged, missing },
  };
}

/** Each thing that level 2 must reach, what was measured, and whether it holds. */
export function expectations(result: ReturnType<typeof level2Json>): { what: string; got: string; met: boolean }[] {
  const { failed, requests, cut, heldSeconds, upSeconds, ledger, ratioToNoop } = result;
  const { acknowledged, missing } = ledger;
  return [
    { what: "0 failed requests", got: `${failed} of ${requests}`, met: failed === 0 },
    { what: "0 requests cut", got: `${cut}`, met: cut === 0 },
    {
      what: "every acknowledged order is there, with its values",
      got: `${missing} of ${acknowledged} are not`,
      met: acknowledged > 0 && missing === 0,
    },
    { what: "requests held <= 5 s (p95)", got: `${heldSeconds.p95} s`, met: heldSeconds.p95 <= 5 },
    {
      what: "whole `up` <= 30 s",
      got: `${upSeconds.max} s, ${ratioToNoop} x an \`up\` with nothing to do`,
      met: upSeconds.max <= 30,
    },
  ];
}
