import type Docker from "dockerode";
import { readCatalogue, writeCatalogue } from "../operations/generations/catalogue.ts";
import { actor } from "../operations/live/actor.ts";
import { hashPromotionGoal, type PromotionGoal } from "../operations/promotion/goal.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { newEpoch } from "./epoch.ts";
import { dataMoves, planGenerations } from "./generations.ts";
import type { JudgedRecovery } from "./judge-recovery.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import { filesMove, mountFiles } from "./service-files.ts";

/** Which data the stack is to have, and what the run registers for it. */
export interface JudgedData extends JudgedRecovery {
  readonly goal: { readonly goal: PromotionGoal; readonly epoch: string; readonly due: boolean };
  /** The plan with the generations as they are when the run is done. */
  readonly plan: StackPlan;
}

/** Decides about the data of a stack; undefined: it has no database. */
export async function judgeData(docker: Docker, plan: StackPlan, live: Live): Promise<JudgedData | undefined> {
  const { stack, config, database } = plan;
  if (!database) return undefined;
  const { smoke } = plan.colors[config.activeColor];
  const reason = process.env.SWITCHBACK_REASON || config.reason || "";
  const { catalogue: known } = database;
  const { judgeRecovery } = await import("./judge-recovery.ts");
  const recovery = await judgeRecovery({ docker, plan, live, catalogue: known, smoke, actor: actor(), reason });
  const { promotion, catalogue, head } = recovery;
  const { subnet } = config.network;
  const generations = planGenerations(stack, subnet, catalogue, promotion.generation, head ?? undefined);
  const remounts = dataMoves(generations) && filesMove(plan, generations);
  const goal = { ...promotion, cache: plan.cache?.flush, hold: config.router.hold, ...(remounts && { remounts }) };
  // One that is made in this run runs then, and does not serve when it is only a drill.
  const made = generations.all.some(({ role }) => role === "made");
  const due = made || dataMoves(generations) || !isPromoted(goal, recovery, live);
  return {
    ...recovery,
    goal: { goal, epoch: newEpoch(), due },
    plan: planned(plan, { ...database, generations }),
  };
}

/** The plan with the generations that the stack has now. */
export async function withGenerations(plan: StackPlan): Promise<StackPlan> {
  const { stack, config, database } = plan;
  if (!database) return plan;
  const catalogue = await (await import("./read-generations.ts")).readGenerations(stack);
  const generations = planGenerations(stack, config.network.subnet, catalogue);
  return planned(plan, { ...database, catalogue, generations });
}

const planned = (plan: StackPlan, database: DatabasePlan): StackPlan => ({
  ...plan,
  colors: mountFiles(plan.stack, plan.colors, database.generations),
  database,
});

/** Records what this run takes up, before its first resource. The caller holds the live lock. */
export async function takeUp(docker: Docker, stack: string, { taken, catalogue }: JudgedData): Promise<void> {
  if (taken || !(await readCatalogue(docker, stack))) await writeCatalogue(docker, stack, catalogue);
}

/** Whether the generation serves that is to, and nothing else runs; a pooler that cannot be asked is left as it is. */
function isPromoted(goal: PromotionGoal, { catalogue: { marker } }: JudgedRecovery, live: Live): boolean {
  if (!live.database || "unknown" in live.database.pooler || "unknown" in live.containers) return true;
  const pooler = live.database.pooler.value;
  if (pooler.kind === "unreadable") return true;
  const running = live.containers.value;
  return (
    marker.pending === null &&
    marker.goal === hashPromotionGoal(goal) &&
    pooler.kind === "read" &&
    pooler.file?.generation === goal.generation &&
    goal.others.every((container) => !running.get(container)?.running)
  );
}
