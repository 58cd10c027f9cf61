import type { Condition } from "../../stacks/verdict.ts";
import type { Capture } from "../capture/capture.ts";
import { commandsFor, type Edit, reversed } from "./edits.ts";
import { type End, exitCodes } from "./exit-codes.ts";
import type { PrintedVerdict } from "./switchback.ts";

/** What came of a rollback: the content of `--json`. */
export interface Report {
  readonly id: string;
  readonly stack: string;
  readonly status: End | "previewed" | "nothing";
  readonly level: number | null;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
  readonly actor: string;
  readonly approvedBy: string | null;
  readonly checks: readonly Condition[];
  readonly edits: readonly Edit[];
  readonly verdict?: PrintedVerdict;
  readonly capture?: Capture;
  readonly validation?: unknown;
  readonly seconds?: number;
  /** Where things stand, for people. */
  readonly message: readonly string[];
  /** Commands to go on with. */
  readonly next: readonly string[];
}

export const exitCodeOf = ({ status }: Report): number =>
  status === "previewed" || status === "nothing" ? exitCodes.done : exitCodes[status];

/** Ways on after a failure: forward, back, and to what is older still. @param page the maintenance page may be up */
export function waysOn(stack: string, edits: readonly Edit[], older: string | undefined, page: boolean): string[] {
  const back = commandsFor(reversed(edits), stack);
  return [
    `switchback up --yes --skip-preview --stack ${stack}`,
    ...(back.length > 0 ? [[...back, `switchback up --yes --skip-preview --stack ${stack}`].join(" && ")] : []),
    ...(page ? [`switchback maintenance off --reason "…" --stack ${stack}`] : []),
    ...(older === undefined ? [] : [`switchback rollback --to ${older} --reason "…" --stack ${stack}`]),
  ];
}
