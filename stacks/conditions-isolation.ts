import { liveContainer } from "./change.ts";
import { no, yes } from "./condition.ts";
import type { JudgedIsolation } from "./judge-isolation.ts";
import type { ColorPlan, StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import { colors } from "./schema.ts";
import { isMadeOf } from "./service-files.ts";
import type { Change, Condition } from "./verdict.ts";

/** What is asked of the one who isolates: nothing that could stop it. */
const always = ["docker", "owner"];
/** Nothing serves, and everything is made anew: there is nobody to freeze, and nobody to ask. */
const pointless = ["activeColorFrozen", "health"];

/**
 * The conditions of a run as the isolation leaves them, with its own.
 * @param all what would be asked of the stack if it were not isolated
 */
export function underIsolation(
  isolation: JudgedIsolation,
  plan: StackPlan,
  live: Live,
  change: Change,
  all: readonly Condition[],
): Condition[] {
  const { step } = isolation;
  if (step === "none") return [...all];
  const asked = askedFor(plan, live, change);
  const own = condition(isolation, plan, asked);
  if (isolation.frozen) return [...all.filter(({ name }) => always.includes(name)), own];
  if (step === "clears") return [...all.filter(({ name }) => !pointless.includes(name)), own];
  return [...all, own];
}

function condition({ step, record }: JudgedIsolation, plan: StackPlan, asked: readonly string[]): Condition {
  const rest = asked.join("; ");
  const since = record ? `${record.actor} isolated the stack at ${record.since}` : "";
  const clear = `pulumi config set --path clearance.by <name> && pulumi config set --path clearance.at ${new Date().toISOString()}`;
  if (step === "begins")
    return yes(
      "isolate",
      `nothing gets in, and every container is cut from every network and runs on${rest && `; this waits until it ends: ${rest}`}`,
    );
  if (step === "stays" && rest)
    return no(
      "isolate",
      `${since}; expected nothing else to change meanwhile, got ${rest}; a false alarm? take that back, then: pulumi config set --path router.isolate false; else see docs/runbooks/breach.md`,
    );
  if (step === "stays")
    return yes(
      "isolate",
      `${since}, and it stays${plan.config.clearance ? "; the clearance counts once router.isolate is false" : ""}`,
    );
  if (step === "clears")
    return yes(
      "isolate",
      `${since}; ${plan.config.clearance?.by} cleared it: every container is made anew, and the isolated ones stand aside`,
    );
  if (rest)
    return no(
      "isolate",
      `${since}; expected nothing else to change when it ends as a false alarm, got ${rest}; take that back; or was it none? ${clear}`,
    );
  return yes("isolate", `${since}; it ends as a false alarm: every container gets its networks back`);
}

/** What the config asks for that would change a container, or where the traffic goes. */
function askedFor(plan: StackPlan, live: Live, { from, to, schema, data, platform = [] }: Change): string[] {
  return [
    ...(from !== undefined && from !== to ? [`activeColor ${from} -> ${to}`] : []),
    ...colors.filter((color) => differs(plan.colors[color], live)).map((color) => `another release or set of ${color}`),
    ...(schema ? [`the schema from ${schema.from || "its beginning"} to ${schema.to || "its beginning"}`] : []),
    ...(data ? [data] : []),
    ...platform,
  ];
}

/** A container that is gone is no change that the config asks for. */
function differs({ services, release, set }: ColorPlan, live: Live): boolean {
  return services.some((service) =>
    service.replicas.some(({ container }) => {
      const labels = liveContainer(live, container)?.labels;
      if (!labels) return false;
      const same = (label: string, wanted: string) => (labels[`switchback.${label}`] ?? wanted) === wanted;
      const made = labels["switchback.spec"] === undefined || isMadeOf(service, labels["switchback.spec"]);
      return !(made && same("release", release ?? "") && same("set", set?.id ?? ""));
    }),
  );
}
