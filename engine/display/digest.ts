import { topKeys } from "../diff.ts";
import { mask, type Resource, storeResource } from "../state.ts";
import type { EngineEvent, Op, Step } from "../steps.ts";
import { isProviderType } from "../urn.ts";
import type { RichProps } from "../values.ts";

/** Collects a preview for `--json`: pulumi's PreviewDigest. */
export class Digest {
  private readonly steps: unknown[] = [];
  private readonly diagnostics: unknown[] = [];

  readonly emit = (event: EngineEvent): void => {
    if (event.kind === "log") {
      if (event.severity !== "debug")
        this.diagnostics.push({ urn: event.urn, message: `${event.message}\n`, severity: event.severity });
    } else if (event.kind === "start") this.add(event.step);
  };

  render(
    config: Readonly<Record<string, string>>,
    counts: Readonly<Record<string, number>>,
    milliseconds: number,
  ): string {
    const diagnostics = this.diagnostics.length > 0 && { diagnostics: this.diagnostics };
    const digest = {
      config,
      steps: this.steps,
      ...diagnostics,
      duration: milliseconds * 1_000_000,
      changeSummary: counts,
    };
    return JSON.stringify(digest, null, 4);
  }

  private add(step: Step): void {
    const parts: readonly Op[] = ["create-replacement", "delete-replaced", "remove-pending-replace"];
    if (parts.includes(step.op) || isProviderType(step.type)) return;
    const provider = (step.next ?? step.old)?.provider;
    const diff = Object.entries(step.diff ?? {});
    this.steps.push({
      op: step.op,
      urn: step.urn,
      ...(provider && { provider }),
      ...(step.old && { oldState: masked(step.old) }),
      ...(step.next && { newState: masked(step.next) }),
      ...(diff.length > 0 && { diffReasons: topKeys(diff.map(([path]) => path)) }),
      ...(step.replaceKeys && step.replaceKeys.length > 0 && { replaceReasons: step.replaceKeys }),
      detailedDiff:
        diff.length === 0 ? null : Object.fromEntries(diff.map(([path, kind]) => [path, { kind, inputDiff: false }])),
    });
  }
}

function masked(resource: Resource): unknown {
  const hidden = {
    ...resource,
    inputs: mask(resource.inputs) as RichProps,
    outputs: mask(resource.outputs) as RichProps,
  };
  delete hidden.replacementTrigger;
  return storeResource(hidden, () => {
    throw new Error("a masked resource has no secrets left to encrypt");
  });
}
