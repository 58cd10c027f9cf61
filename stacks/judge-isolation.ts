import type Docker from "dockerode";
import { isCut } from "../operations/isolation/cut.ts";
import { hashIsolationGoal, type IsolationGoal } from "../operations/isolation/goal.ts";
import { isMoved, listMembers } from "../operations/isolation/members.ts";
import { describePorts } from "../operations/isolation/ports.ts";
import { type IsolationRecord, readIsolation } from "../operations/isolation/record.ts";
import { newEpoch } from "./epoch.ts";
import type { StackPlan } from "./plan.ts";
import { bounded, type Probed } from "./probe-bounded.ts";

export interface LiveIsolation {
  /** Undefined: the stack was never isolated. */
  readonly record: IsolationRecord | undefined;
  /** Containers that are in a network. */
  readonly loose: readonly string[];
  readonly published: JudgedIsolation["published"];
}

/** What was decided about the isolation of a stack. */
export interface JudgedIsolation {
  /** `begins`, `stays`: every container is evidence. `ends`: it was a false alarm. `clears`: each is made anew. */
  readonly step: "none" | "begins" | "stays" | "ends" | "clears";
  /** The isolation that stands now. */
  readonly record: IsolationRecord | undefined;
  /** What its command is to reach; undefined: the stack was never isolated, and has none. */
  readonly goal: IsolationGoal | undefined;
  readonly epoch: string;
  /** Every container is left as it is, whatever the config says. */
  readonly frozen: boolean;
  /** From which clearance the containers come: another one makes each anew. */
  readonly fresh: string | undefined;
  /** By container: the ports that it publishes, or gets back. */
  readonly published: Readonly<Record<string, string>>;
}

/** Looks at what an isolation left; a stack that was never isolated costs one look into its records. */
export const probeIsolation = (docker: Docker, stack: string): Promise<Probed<LiveIsolation>> =>
  bounded(async () => {
    const record = await readIsolation(docker, stack);
    if (!record) return { record, loose: [], published: {} };
    const members = await listMembers(docker, stack);
    const loose = members.filter((member) => isMoved(member) && !isCut(stack, member)).map(({ name }) => name);
    return {
      record,
      loose,
      published: Object.fromEntries(members.map(({ name, ports }) => [name, describePorts(ports)])),
    };
  });

/** Decides what becomes of the isolation. What cannot be read does not stop an isolation from beginning. */
export function judgeIsolation(
  { stack, config }: Pick<StackPlan, "stack" | "config">,
  found: Probed<LiveIsolation>,
): JudgedIsolation {
  const { record, loose, published } = "value" in found ? found.value : { record: undefined, loose: [], published: {} };
  const standing = record?.ended === null ? record : undefined;
  const fresh = record?.fresh ?? (config.router.isolate ? "none" : undefined);
  const judged = { record: standing, frozen: config.router.isolate, fresh, published };
  const reached = (goal: IsolationGoal, whole: boolean) => ({ goal, epoch: epochFor(goal, record, whole) });
  if (config.router.isolate)
    return {
      ...judged,
      step: standing ? "stays" : "begins",
      ...reached({ stack, state: "isolated" }, standing !== undefined && loose.length === 0),
    };
  if (!record) return { ...judged, step: "none", goal: undefined, epoch: "" };
  const { clearance } = config;
  if (standing && clearance && Date.parse(clearance.at) > Date.parse(standing.since))
    return { ...judged, step: "clears", fresh: clearance.at, ...reached({ stack, state: "cleared", clearance }, true) };
  if (standing)
    return { ...judged, step: "ends", published: before(standing), ...reached({ stack, state: "ended" }, true) };
  const given = record.ended?.clearance;
  const goal: IsolationGoal = given ? { stack, state: "cleared", clearance: given } : { stack, state: "ended" };
  return { ...judged, step: "none", ...reached(goal, true) };
}

/** The ports that each container gets back. */
const before = ({ containers }: IsolationRecord) =>
  Object.fromEntries(containers.map(({ name, ports }) => [name, describePorts(ports)]));

/** The marker's own epoch when the goal is reached, nothing is pending and every container is as it says; else a new one. */
function epochFor(goal: IsolationGoal, record: IsolationRecord | undefined, whole: boolean): string {
  const marker = record?.marker;
  return whole && marker && marker.pending === null && marker.goal === hashIsolationGoal(goal)
    ? marker.epoch
    : newEpoch();
}
