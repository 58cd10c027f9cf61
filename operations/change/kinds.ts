import type { StackConfig } from "../../stacks/schema.ts";
import type { Edit } from "../rollback/edits.ts";

/** A change of the config that an operator makes by one word. */
export interface Change {
  readonly edits: readonly Edit[];
  /** What it means, before it is made. */
  readonly told: string;
  /** Whether its keys go again once it is done: they named a request. */
  readonly once: boolean;
  /** Whether a second name may be needed. */
  readonly needs: "clearance" | undefined;
}

export interface Wish {
  readonly kind: "maintenance on" | "maintenance off" | "isolate" | "clear" | "restore-drill";
  readonly config: StackConfig;
  /** RFC 3339 */
  readonly now: string;
  readonly actor: string;
  readonly falseAlarm: boolean;
  /** Backup point or moment of a drill; undefined: now. */
  readonly target: string | undefined;
}

/** The edits of a wish. @throws when the config asks for something else already */
export function changeFor({ kind, config, now, actor, falseAlarm, target }: Wish): Change {
  const { router } = config;
  const isolate = { key: "router.isolate", from: router.isolate };
  const maintenance = { key: "router.maintenance", from: router.maintenance };
  const plain = { once: false, needs: undefined } as const;
  if (kind === "maintenance on")
    return { ...plain, edits: [{ ...maintenance, to: true }], told: "everybody gets the maintenance page" };
  if (kind === "maintenance off")
    return { ...plain, edits: [{ ...maintenance, to: false }], told: "traffic goes in again" };
  if (kind === "isolate")
    return {
      ...plain,
      edits: [{ ...isolate, to: true }],
      told: "nothing gets in, every container is cut off and kept",
    };
  if (kind === "restore-drill") return drill(config, target ?? now);
  if (!router.isolate) throw new Error("expected a stack that is isolated by its config, got router.isolate false");
  if (falseAlarm)
    return { ...plain, edits: [{ ...isolate, to: false }], told: "a false alarm: the same containers go on" };
  return {
    once: false,
    needs: "clearance",
    told: "every container is made anew, behind the maintenance page; `maintenance off` lets traffic in",
    edits: [
      { key: "clearance.by", from: config.clearance?.by, to: actor },
      { key: "clearance.at", from: config.clearance?.at, to: now },
      { ...isolate, to: false },
      { ...maintenance, to: true },
    ],
  };
}

function drill(config: StackConfig, target: string): Change {
  const { targetTime, targetBackup, targetLsn, drill: before } = config;
  const other = targetTime ?? targetBackup ?? targetLsn;
  if (other !== undefined)
    throw new Error(`expected a config without a target, got ${other}; remove it first: it is done, or is under way`);
  const key = /^\d{4}-\d\d-\d\dT/.test(target) ? "targetTime" : "targetBackup";
  return {
    once: true,
    needs: undefined,
    told: `the data of ${target} are restored beside those that serve, verified, and serve nobody`,
    edits: [
      { key, from: undefined, to: target },
      { key: "drill", from: before || undefined, to: true },
    ],
  };
}
