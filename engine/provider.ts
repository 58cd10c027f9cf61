/** A value that is not known before an update has run; stands in for the wire's unknown in plain values. */
export const unknown = Symbol("unknown");

/** Plain property values: JSON plus {@link unknown}. Secrets are unwrapped on the way in and marked again on the way out by the engine. */
export type Value =
  | null
  | boolean
  | number
  | string
  | typeof unknown
  | readonly Value[]
  | { readonly [key: string]: Value };
export type Props = Readonly<Record<string, Value>>;

export interface CheckResult {
  /** Inputs with the provider's defaults filled in, `__defaults` listing them as the real provider does. */
  readonly inputs: Props;
  readonly failures: readonly { readonly property: string; readonly reason: string }[];
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
  /** Property paths that differ, such as `image` or `ports[0].external`; empty when nothing changed. */
  readonly detailed: Readonly<Record<string, DiffKind>>;
  /** Whether a replacement must delete the old one first. */
  readonly deleteBeforeReplace: boolean;
}

export interface OperationContext {
  readonly urn: string;
  /** Shows a line to the user; `ephemeral` lines are progress. */
  log(severity: "debug" | "info" | "warning" | "error", message: string, ephemeral?: boolean): void;
  /** Aborted by Ctrl-C and by customTimeouts. */
  readonly signal: AbortSignal;
}

/** Create, update or read got far enough to leave a resource behind, but not to its wanted condition. */
export class InitError extends Error {
  readonly id: string;
  readonly outputs: Props;
  readonly reasons: readonly string[];

  constructor(id: string, outputs: Props, reasons: readonly string[]) {
    super(reasons.join("; "));
    this.id = id;
    this.outputs = outputs;
    this.reasons = reasons;
  }
}

/** One resource type, in process. Behaves as the provider plugin of the same type does. */
export interface ResourceProvider {
  /** Package of the type and the version of the SDK whose provider it stands in for, such as `docker` `5.2.0`. */
  readonly package: string;
  readonly type: string;
  /** False when any update may change outputs that are no inputs, so that a preview shows them as unknown. Default: true. */
  readonly updateKeepsOutputs?: boolean;
  /** True when a property that holds a secret anywhere is secret as a whole, as with bridged providers. Default: false. */
  readonly wholeSecrets?: boolean;
  check(oldInputs: Props | undefined, newInputs: Props): CheckResult;
  diff(id: string, oldInputs: Props, oldOutputs: Props, newInputs: Props): DiffResult;
  create(inputs: Props, context: OperationContext): Promise<{ id: string; outputs: Props }>;
  update(id: string, oldInputs: Props, oldOutputs: Props, newInputs: Props, context: OperationContext): Promise<Props>;
  /** The resource as it is, or undefined when it is gone. Types that cannot be read return what they were given. */
  read(
    id: string,
    inputs: Props,
    outputs: Props,
    context: OperationContext,
  ): Promise<{ inputs: Props; outputs: Props } | undefined>;
  delete(id: string, inputs: Props, outputs: Props, context: OperationContext): Promise<void>;
}
