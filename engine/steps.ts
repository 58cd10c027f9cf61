import type { DiffKind, ResourceProvider } from "./provider.ts";
import type { Resource } from "./state.ts";

export type Op =
  | "same"
  | "create"
  | "update"
  | "delete"
  | "replace"
  | "create-replacement"
  | "delete-replaced"
  | "remove-pending-replace"
  | "refresh"
  | "read";

export type DetailedDiff = Readonly<Record<string, DiffKind>>;

/** One thing to do; a registration gives a chain of them. */
export interface Step {
  readonly op: Op;
  readonly urn: string;
  readonly type: string;
  readonly old?: Resource;
  readonly next?: Resource;
  readonly provider?: ResourceProvider;
  /** What differs, by property path. */
  readonly diff?: DetailedDiff;
  /** Property names on account of which it is replaced. */
  readonly replaceKeys?: readonly string[];
  /** A deletion whose replacement is still to be made. */
  readonly pendingReplacement?: boolean;
  /** A created replacement whose old one is deleted at the end. */
  readonly pendingDelete?: boolean;
}

/** What the display and the previews hear of a run. */
export type EngineEvent =
  | { readonly kind: "start"; readonly step: Step }
  | { readonly kind: "done"; readonly step: Step; readonly milliseconds: number }
  | { readonly kind: "failed"; readonly step: Step; readonly milliseconds: number; readonly message: string }
  | {
      readonly kind: "log";
      readonly urn: string;
      readonly severity: Severity;
      readonly message: string;
      readonly ephemeral: boolean;
    };

export type Severity = "debug" | "info" | "warning" | "error";
