import { type Catalogue, servingGeneration } from "../../operations/generations/format.ts";
import type { PromotionGoal } from "../../operations/promotion/goal.ts";
import type { RestoreGoal } from "../../operations/recovery/goal.ts";
import { databaseAddress } from "../addresses.ts";
import type { StackPlan } from "../plan.ts";

/** What another generation serves for; undefined: the one that serves goes on. */
export type Switch =
  | { readonly kind: "recovery"; readonly goal: RestoreGoal }
  | { readonly kind: "undo"; readonly generation: string }
  | undefined;

export type Promoting = Omit<PromotionGoal, "cache" | "hold">;

/**
 * What the promotion is to reach. Where nothing switches it is told as the last one was, so that a run without a change
 * changes no input.
 * @param catalogue with what this run takes up
 * @param uncounted what stays behind could not be catalogue, and the config accepts that
 */
export function promotionOf(plan: StackPlan, catalogue: Catalogue, moves: Switch, uncounted: boolean): Promoting {
  const { stack, config } = plan;
  const { allowDataLoss, recovery, network } = config;
  const last = catalogue.promotions.at(-1);
  const serving = servingGeneration(catalogue);
  const generation = moves?.kind === "recovery" ? moves.goal.generation : (moves?.generation ?? serving);
  const kind = moves?.kind ?? last?.kind ?? "first";
  const from = moves ? serving : (last?.from ?? null);
  const during = moves?.kind === "recovery" ? moves.goal.during : recovery.during;
  const bounded = kind === "undo" || during === "serve";
  const made = catalogue.generations.find(({ name }) => name === generation);
  const container = (name: string) => `${stack}-database-${name}`;
  return {
    stack,
    database: plan.database!.name,
    generation,
    container: container(generation),
    address: databaseAddress(network.subnet, made?.index ?? 0),
    kind,
    request: kind === "recovery" ? (made?.request ?? null) : null,
    others: catalogue.generations.filter(({ name }) => name !== generation).map(({ name }) => container(name)),
    leaving:
      from === null
        ? null
        : {
            generation: from,
            container: container(from),
            maxCommits: bounded && !uncounted ? (allowDataLoss[from] ?? 0) : null,
          },
    during,
    stopSeconds: plan.database!.config.stopSeconds,
    keepDays: recovery.keepDays,
  };
}
