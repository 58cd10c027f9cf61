import type Docker from "dockerode";
import { type FilesGoal, hashFilesGoal } from "../operations/files/goal.ts";
import { type FilesState, readFilesState } from "../operations/files/state.ts";
import { trafficMoves } from "./change.ts";
import { checkFiles } from "./check-files.ts";
import { no, unknown, yes } from "./condition.ts";
import { newEpoch } from "./epoch.ts";
import type { StackPlan } from "./plan.ts";
import type { PlatformServicePlan } from "./platform-plan.ts";
import type { Live } from "./probe.ts";
import { bounded, type Probed } from "./probe-bounded.ts";
import type { Condition } from "./verdict.ts";

/** A part of the platform whose files are brought to their goal while its container runs. */
export interface JudgedPart {
  readonly epoch: string;
  /** Its marker could not be read, or it is evidence: it is left as it is. */
  readonly unreadable: boolean;
}

/** What was decided about everything that exists once per stack. */
export interface JudgedPlatform {
  /** By the name that its goal has. */
  readonly parts: Readonly<Record<string, JudgedPart>>;
  /** Services whose container stays as it is. */
  readonly stays: readonly string[];
  readonly conditions: readonly Condition[];
  /** What the run changes, one phrase each. */
  readonly changes: readonly string[];
}

/** What was found of each part; undefined: its container is not there. */
export type LiveParts = ReadonlyMap<string, Probed<FilesState | undefined>>;

/** Looks at every part at once, each bounded in time. */
export async function probeParts(docker: Docker, plan: StackPlan): Promise<LiveParts> {
  const found = goalsOf(plan).map(
    async (goal) => [goal.part, await bounded(() => readFilesState(docker, goal))] as const,
  );
  return new Map(await Promise.all(found));
}

/** Decides what becomes of the platform. New files are checked by the tools that will read them, before anything changes. */
export async function judgePlatform(
  docker: Docker,
  plan: StackPlan,
  live: Live,
  found: LiveParts,
): Promise<JudgedPlatform> {
  const goals = goalsOf(plan);
  const parts = goals.map(
    (goal) => [goal.part, judgePart(goal, found.get(goal.part), live, plan.config.router.isolate)] as const,
  );
  const services = plan.platformServices.map((service) => ({ service, change: changeOf(service, live, found) }));
  const due = services.filter(({ change }) => change !== "none").map(({ service }) => service);
  const checked = await Promise.all(due.map((service) => checkFiles(docker, plan.stack, service)));
  return {
    parts: Object.fromEntries(parts),
    stays: services
      .filter(({ change }) => change === "none" || change === "reloaded")
      .map(({ service }) => service.name),
    conditions: [
      ...certificateCondition(plan, found),
      ...imageCondition(plan, live),
      ...checked.flat(),
      ...goals.flatMap(({ part }) => unreadable(part, found.get(part), trafficMoves(plan, live))),
    ],
    changes: services
      .filter(({ change }) => change === "reloaded" || change === "replaced")
      .map(
        ({ service, change }) =>
          `${service.name} ${change === "reloaded" ? "gets new files while it runs" : "is made anew, and is away meanwhile"}`,
      ),
  };
}

const goalsOf = ({ cache, certificate, database, platformServices }: StackPlan): readonly FilesGoal[] =>
  [certificate?.goal, cache?.goal, database?.pooler.goal, ...platformServices.map(({ goal }) => goal)].filter(
    (goal) => goal !== undefined,
  );

/** The marker's own epoch when the goal is reached, nothing is pending and everything is as it says; else a new one. */
function judgePart(
  goal: FilesGoal,
  found: Probed<FilesState | undefined> | undefined,
  live: Live,
  frozen: boolean,
): JudgedPart {
  if (!found || "unknown" in found) return { epoch: newEpoch(), unreadable: true };
  const { marker, differing } = found.value ?? { marker: null, differing: [] };
  const reached =
    marker?.goal === hashFilesGoal(goal) &&
    marker.pending === null &&
    differing.length === 0 &&
    goal.keep.every((volume) => isHeld(volume, live));
  return { epoch: reached ? marker.epoch : newEpoch(), unreadable: frozen };
}

const isHeld = (volume: string, { containers }: Live) =>
  "unknown" in containers || containers.value.get(`${volume}-keeper`)?.running === true;

type ServiceChange = "none" | "created" | "reloaded" | "replaced";

function changeOf({ name, container, spec }: PlatformServicePlan, live: Live, found: LiveParts): ServiceChange {
  if ("unknown" in live.containers) return "none";
  const running = live.containers.value.get(container);
  if (!running) return "created";
  if (running.labels["switchback.spec"] !== spec) return "replaced";
  const state = found.get(name);
  return state && "value" in state && state.value && state.value.differing.length > 0 ? "reloaded" : "none";
}

/** One that serves already must not stop a way back when its time is over. */
function certificateCondition({ certificate }: StackPlan, found: LiveParts): Condition[] {
  if (!certificate) return [];
  const { subject, validFrom, validTo, goal } = certificate;
  const state = found.get(goal.part);
  const served = state && "value" in state && state.value?.marker?.goal === hashFilesGoal(goal);
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const now = new Date();
  if (validFrom <= now && now < validTo) return [yes("certificate", `of ${subject}, until ${day(validTo)}`)];
  const when = now < validFrom ? `is valid only from ${day(validFrom)}` : `expired on ${day(validTo)}`;
  if (served) return [yes("certificate", `of ${subject} ${when}, and serves already; renew it in the platform set`)];
  return [
    no(
      "certificate",
      `expected a certificate that is valid now, got one of ${subject} that ${when}; put a new one into the platform set, or name another: pulumi config set --path platform.set`,
    ),
  ];
}

/** Images that exist once per stack: their references, and where each is named. */
export const platformImages = ({ cache, platformServices }: StackPlan): readonly string[] =>
  [cache, ...platformServices].flatMap((one) => one?.image.reference ?? []);

/** One that was built here and is gone can only be built again. */
function imageCondition(plan: StackPlan, { images, containers }: Live): Condition[] {
  if ("unknown" in images || "unknown" in containers) return [];
  const missing = [plan.cache, ...plan.platformServices]
    .filter((one) => one !== undefined)
    .filter(
      // A container that runs it already needs no other.
      ({ image: { reference }, container }) =>
        reference.startsWith("sha256:") &&
        images.value.get(reference) === null &&
        containers.value.get(container)?.image !== reference,
    );
  return missing.map(({ image }) =>
    no("platform-image", `expected ${image.label} as recorded, got no such image; build it: npm run setup`),
  );
}

/** What cannot be read is left as it is, so that it does not stop the traffic from going back. */
function unreadable(part: string, found: Probed<unknown> | undefined, moves: boolean): Condition[] {
  if (!found || "value" in found) return [];
  const detail = `its marker could not be read (${found.unknown}); it is left as it is`;
  return [moves ? yes(`platform-${part}`, detail) : unknown(`platform-${part}`, detail)];
}
