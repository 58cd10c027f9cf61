import { flag, text } from "./flags.ts";
import { runAsking, type Verb } from "./verb.ts";

export const rollback: Verb = {
  summary: "go back: --quick, or --to previous|RELEASE|TAG|BACKUP; --list; --dry-run; --reason WHY",
  flags: {
    quick: flag(),
    level: text(),
    to: text(),
    target: text(),
    list: flag(),
    reason: text(),
    message: text("m"),
    "approved-by": text(),
    "allow-loss": text(),
    "dry-run": flag(),
    "break-glass": flag(),
    yes: flag("y"),
    "auto-confirm": flag(),
    json: flag("j"),
  },
  run(call) {
    // Two names for the same thing, as other tools have them.
    const { target, message, "auto-confirm": auto, ...rest } = call.flags;
    const flags = {
      ...rest,
      ...(target !== undefined && { to: target }),
      ...(message !== undefined && { reason: message }),
      ...(auto === true && { yes: true }),
    };
    if (call.words.length > 0) throw new Error(`rollback: expected flags alone, got ${call.words[0]}; --to names it`);
    return runAsking({ ...call, flags }, "rollback", Object.keys(rollback.flags));
  },
};
