import { goalIn, runOperation } from "./live/program.ts";
import { poolerName } from "./pooler/state.ts";
import type { PromotionGoal } from "./promotion/goal.ts";
import { runPromotion } from "./promotion/operation.ts";
import { routerName } from "./router/state.ts";

// What the promotion's command resource runs.
runOperation({
  goal: goalIn<PromotionGoal>("SWITCHBACK_PROMOTION_GOAL"),
  purpose: ({ generation }) => `promotion of ${generation}`,
  shells: (stack) => [routerName(stack), poolerName(stack)],
  operate: runPromotion,
});
