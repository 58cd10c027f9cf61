import { liveContainer } from "./change.ts";
import { yes } from "./condition.ts";
import { cacheSpec, databaseSpec, poolerSpec, routerSpec } from "./once-specs.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import type { Condition } from "./verdict.ts";

/**
 * Says which containers that exist once per stack this run makes anew: that is not lossless, and whoever asks for it should
 * know before it happens.
 * @param imageOf id of an image that is built here
 */
export function replacedCondition(plan: StackPlan, live: Live, imageOf: (reference: string) => string): Condition[] {
  // An isolated stack keeps every container as it is.
  if (plan.config.router.isolate) return [];
  const found = onceMade(plan, imageOf).filter(({ container, spec }) => {
    const labels = liveContainer(live, container)?.labels;
    return labels !== undefined && labels["switchback.spec"] !== spec;
  });
  if (found.length === 0) return [];
  return [yes("replaced", `not lossless: ${found.map(({ means }) => means).join("; ")}`)];
}

function onceMade(plan: StackPlan, imageOf: (reference: string) => string) {
  const { stack, database, cache } = plan;
  const router = {
    container: `${stack}-router`,
    spec: routerSpec(plan, imageOf("switchback/router:1")),
    means: "the router is made anew (its image or its listeners), and nothing gets in meanwhile",
  };
  const shared = cache
    ? [
        {
          container: cache.container,
          spec: cacheSpec(cache),
          means: "the cache is made anew (its image or its settings), and keeps what it saves to its volume",
        },
      ]
    : [];
  if (!database) return [router, ...shared];
  const { serving } = database.generations;
  return [
    router,
    ...shared,
    {
      container: database.pooler.container,
      spec: poolerSpec(database, imageOf("switchback/pooler:1")),
      means: "the pooler is made anew (its image or its settings), and every connection of the colors ends",
    },
    {
      container: serving.container,
      spec: databaseSpec(stack, database, serving, imageOf("switchback/database:1")),
      means:
        "the database is made anew (its image, parameters or repository), and what needs it fails until it answers again",
    },
  ];
}
