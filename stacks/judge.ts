import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";
import { renderNginx } from "../components/nginx-conf.ts";
import { connect } from "../operations/live/docker.ts";
import { currentOwner } from "../operations/live/owner.ts";
import { recordExpectation } from "../operations/validation/expectation.ts";
import { changeOf, trafficColors } from "./change.ts";
import { conditionsOf } from "./conditions.ts";
import { cacheCondition } from "./conditions-cache.ts";
import { underIsolation } from "./conditions-isolation.ts";
import { replacedCondition } from "./conditions-replaced.ts";
import { type JudgedData, judgeData, takeUp, withGenerations } from "./data-plan.ts";
import { currentEpoch, epochFor } from "./epoch.ts";
import { expectationOf } from "./expectation.ts";
import { routerGoal, routerPlan, targetServices } from "./goal.ts";
import { recordedImages } from "./image-record.ts";
import { type JudgedIsolation, judgeIsolation, probeIsolation } from "./judge-isolation.ts";
import { type JudgedPlatform, judgePlatform, platformImages, probeParts } from "./judge-platform.ts";
import { databaseProbe, type JudgedSchema, judgeSchema } from "./judge-schema.ts";
import { hasCatalogue, type RunLock, takeRunLock } from "./lock.ts";
import { orderOf, wayBack } from "./order.ts";
import type { StackPlan } from "./plan.ts";
import { type Live, probeLive } from "./probe.ts";
import { byCommand, recordBegin, recordRefusal } from "./record.ts";
import { type Change, decide, renderRefusal, renderVerdict, type Verdict } from "./verdict.ts";

/** What was decided before the first resource is registered. */
export interface Judged {
  readonly docker: Docker;
  /** What is registered: the configured plan, with the generations as they are when the run is done. */
  readonly plan: StackPlan;
  readonly live: Live;
  readonly verdict: Verdict;
  readonly change: Change;
  /** Whether anything is to be done that a journal tells: the stack may be as its config says already. */
  readonly moves: boolean;
  /** RouterGoal as JSON, and nginx's structural configuration. */
  readonly goal: string;
  readonly nginxConf: string;
  readonly epoch: string;
  /** The router's marker could not be read: its resources are left as they are. */
  readonly unreadable: boolean;
  /** Undefined: the stack has no database. */
  readonly schema: JudgedSchema | undefined;
  readonly data: JudgedData | undefined;
  readonly platform: JudgedPlatform;
  readonly isolation: JudgedIsolation;
  /** To be called when the router has confirmed its goal: until then the change has no end to write down. */
  readonly reached: () => void;
}

/**
 * Reads the live system and decides whether the change may run; in an update it also takes the stack's live lock.
 * @throws pulumi.RunError when the change is refused; nothing has been changed then
 */
export async function judge(plan: StackPlan): Promise<Judged> {
  if (process.env.PULUMI_CONTINUE_ON_ERROR)
    throw new pulumi.RunError(
      "expected PULUMI_CONTINUE_ON_ERROR to be unset; unset it: a failed gate must stop what depends on it",
    );
  const docker = connect();
  const update = !pulumi.runtime.isDryRun();
  // The lock comes first where there is a catalogue to hold it, so that what is read stays true; a refused first run leaves nothing behind.
  let lock = update && (await hasCatalogue(docker, plan.stack)) ? await takeRunLock(docker, plan) : undefined;
  // What was planned before the lock was there may be another run's past by now.
  const judged = await look(docker, lock ? await withGenerations(plan) : plan, lock);
  let reached = () => {};
  if (update) {
    lock ??= await takeRunLock(docker, plan);
    const { beforeRelease } = lock;
    if (judged.moves) reached = beforeRelease(await recordBegin(docker, judged.plan, judged.change, judged.verdict));
    const { data, isolation } = judged;
    // What is isolated takes nothing up.
    if (data) await takeUp(docker, plan.stack, isolation.frozen ? { ...data, taken: false } : data);
    await recordExpectation(docker, plan.stack, expectationOf(judged.plan, judged.schema?.change));
  }
  return { ...judged, reached };
}

async function look(
  docker: Docker,
  configured: StackPlan,
  lock: RunLock | undefined,
): Promise<Omit<Judged, "reached">> {
  const targets = trafficColors(configured).flatMap((color) => targetServices(configured.colors[color]));
  const images = Object.values(configured.colors).flatMap(({ services }) =>
    services.flatMap(({ image }) => [image.reference, image.label]),
  );
  images.push(...platformImages(configured));
  const [live, parts, isolated] = await Promise.all([
    probeLive(docker, configured.stack, targets, images, databaseProbe(docker, configured)),
    probeParts(docker, configured),
    probeIsolation(docker, configured.stack),
  ]);
  const isolation = judgeIsolation(configured, isolated);
  const data = await judgeData(docker, configured, live);
  const plan = isolation.frozen ? configured : (data?.plan ?? configured);
  const [schema, platform] = await Promise.all([
    judgeSchema(docker, plan, live),
    judgePlatform(docker, plan, live, parts),
  ]);
  const owner = currentOwner(pulumi.getProject(), plan.stack);
  const wanted = [
    ...conditionsOf(plan, live, owner),
    ...(data?.conditions ?? []),
    ...(schema?.conditions ?? []),
    ...platform.conditions,
    ...cacheCondition(plan, live, schema?.change),
    ...replacedCondition(plan, live, ownImage),
  ];
  const change = { ...changeOf(plan, live, schema?.change), platform: platform.changes, data: data?.summary };
  const conditions = underIsolation(isolation, plan, live, change, wanted);
  const verdict = decide(change, conditions, plan.config.accept);
  if (verdict.refused.length > 0) {
    if (byCommand()) await recordRefusal(docker, plan, change, verdict);
    await lock?.release();
    throw new pulumi.RunError(renderRefusal(verdict));
  }
  const order = [...(data?.order ?? []), ...orderOf(plan, change, schema?.change)];
  const back = data?.back ?? wayBack(plan, change, schema?.change);
  await pulumi.log.info(renderVerdict(verdict, { order, back, facts: data?.lines }));
  const goal = routerGoal(plan);
  const nginxConf = renderNginx(routerPlan(plan));
  const state =
    "value" in live.router ? live.router.value : { kind: "unreadable" as const, reason: live.router.unknown };
  const epoch = epochFor(goal, nginxConf, state);
  return {
    docker,
    plan,
    live,
    verdict,
    change,
    moves: verdict.level > 0 || epoch !== currentEpoch(state),
    goal: JSON.stringify(goal),
    nginxConf,
    epoch,
    unreadable: state.kind === "unreadable",
    schema,
    data,
    platform,
    isolation,
  };
}

/** The id of an image that is built here, such as `switchback/router:1`. @throws pulumi.RunError when it is not recorded */
export function ownImage(reference: string): string {
  const id = recordedImages()[reference];
  if (id) return id;
  throw new pulumi.RunError(
    `expected the id of ${reference} in .switchback/images.json, got none; build it: npm run setup`,
  );
}
