import type * as pulumi from "@pulumi/pulumi";
import { Cache } from "../components/cache.ts";
import { PlatformService } from "../components/platform-service.ts";
import type { Judged } from "./judge.ts";
import type { JudgedPart } from "./judge-platform.ts";
import type { StackPlan } from "./plan.ts";
import type { ColorName } from "./schema.ts";

/** Registers what exists once per stack beside the router and the database. @returns what traffic has to wait for */
export function deployPlatform(
  { stack, config, cache, platformServices }: StackPlan,
  judged: Judged,
  networks: Readonly<Record<ColorName | "platform", pulumi.Input<string>>>,
  reclaim: pulumi.ResourceHook,
): pulumi.Resource[] {
  const frozen = config.router.isolate;
  for (const plan of platformServices) {
    const { name } = plan;
    const stays = judged.platform.stays.includes(name) && plan.config.reload !== undefined;
    new PlatformService(name, {
      stack,
      plan,
      networkName: networks.platform,
      ...partOf(judged, name),
      stays,
      frozen,
      reclaim,
    });
  }
  if (!cache) return [];
  const { ready } = new Cache("cache", { stack, plan: cache, networks, ...partOf(judged, "cache"), frozen, reclaim });
  return [ready];
}

/** What was decided about a part of the platform; one without files needs nothing. */
export const partOf = ({ platform }: Judged, part: string): JudgedPart =>
  platform.parts[part] ?? { epoch: "", unreadable: false };
