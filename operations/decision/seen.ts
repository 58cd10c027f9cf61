import type { Symptoms } from "../../decision/symptoms.ts";
import type { Probed } from "../../stacks/probe-bounded.ts";
import type { ColorName } from "../../stacks/schema.ts";
import { describeAudit, passed } from "../recovery/verify/record.ts";
import type { RouterState } from "../router/state.ts";
import type { ContainerStatus, StackStatus } from "../status/read.ts";

/** What follows from the status of a stack, without another look at it. Pure. */

type Router = Extract<RouterState, { kind: "read" }>;

/** Who gets the traffic, or would without maintenance. @returns undefined: the router has no pointer, or does not answer */
export function serving({ router }: StackStatus): ColorName | undefined {
  const state = readState(router);
  return (state?.memory ?? state?.file?.pointer)?.color;
}

const readState = (router: StackStatus["router"]): Router | undefined =>
  "value" in router && router.value.kind === "read" ? router.value : undefined;

/** When the traffic last moved, or anything else was changed, in ms since 1970; null: never. */
export function lastChange({ router, last }: StackStatus): Probed<number | null> {
  const moved = readState(router)?.status.since;
  if ("unknown" in last) return moved ? { value: Date.parse(moved) } : last;
  // An attempt that failed put the old state back.
  const journal = last.value && last.value.event !== "failed" ? last.value.at : undefined;
  const times = [moved, journal].flatMap((at) => (at ? [Date.parse(at)] : []));
  return { value: times.length > 0 ? Math.max(...times) : null };
}

/** Whether the database or the pooler, which both colors use, does not answer. */
export function sharedDown({ database, pooler }: StackStatus): Probed<boolean> {
  if (database && "unknown" in database) return database;
  if (pooler && "unknown" in pooler) return pooler;
  const unreachable = database !== null && !database.value.reachable;
  return { value: unreachable || (pooler !== null && pooler.value.kind !== "read") };
}

/** Whether the color without traffic could serve: every container runs and is not unhealthy, and it has the database. */
export function sideOf({ containers, pooler }: StackStatus, color: ColorName): Probed<"warm" | "cold"> {
  if ("unknown" in containers) return containers;
  const own = containers.value.filter((container) => container.color === color);
  const open = !pooler || "unknown" in pooler || pooler.value.kind !== "read" || pooler.value.acting.open[color];
  return { value: own.length > 0 && own.every(isWell) && open ? "warm" : "cold" };
}

const isWell = ({ running, status }: ContainerStatus) => running && !status.includes("(unhealthy)");

/** An isolation stands as long as nobody has cleared it. */
export function isolated({ isolation }: StackStatus): Probed<Pick<Symptoms, "security">> {
  if ("unknown" in isolation) return isolation;
  return { value: isolation.value && !isolation.value.ended ? { security: "suspected" } : {} };
}

/** What an audit has found in the generation that serves: how bad it is, a person has to say. */
export function auditNotes({ audits, generations }: StackStatus): string[] {
  if ("unknown" in audits || "unknown" in generations) return [];
  const name = generations.value?.all.find(({ state }) => state === "serves")?.name;
  const record = audits.value.findLast(({ generation }) => generation === name);
  return record && !passed(record)
    ? [`an audit found something wrong, tell it by --corruption: ${describeAudit(record)}`]
    : [];
}
