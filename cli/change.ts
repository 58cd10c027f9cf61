import { type Flags, flag, text } from "./flags.ts";
import { runAsking, type Verb } from "./verb.ts";

const common: Flags = {
  reason: text(),
  message: text("m"),
  "dry-run": flag(),
  yes: flag("y"),
  "auto-confirm": flag(),
  json: flag("j"),
};

/** A word of the operator for a change of the config and the same `up`. */
function verb(kind: string, summary: string, more: Flags = {}): Verb {
  const flags = { ...common, ...more };
  return {
    summary,
    flags,
    run(call) {
      const { message, "auto-confirm": auto, ...rest } = call.flags;
      const given = {
        ...rest,
        ...(message !== undefined && { reason: message }),
        ...(auto === true && { yes: true }),
      };
      return runAsking({ ...call, flags: given }, "change", Object.keys(flags), kind);
    },
  };
}

export const maintenanceOn = verb("maintenance on", "answer everybody with the maintenance page; --reason WHY");
export const maintenanceOff = verb("maintenance off", "let traffic in again; --reason WHY");
export const isolate = verb("isolate", "let nothing in, cut every container off, keep the evidence; --reason WHY");
export const clear = verb("clear", "end an isolation on fresh containers, or with --false-alarm on the same ones", {
  "approved-by": text(),
  "false-alarm": flag(),
});
export const restoreDrill = verb(
  "restore-drill",
  "restore beside what serves, verify, report; --to BACKUP or a time, else now",
  { to: text() },
);
