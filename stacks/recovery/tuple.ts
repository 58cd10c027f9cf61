import type { BackupPoint } from "../../operations/backup/point.ts";
import type { StackPlan } from "../plan.ts";
import { type ColorName, otherColor } from "../schema.ts";

/**
 * The commands that bring back what ran when a backup point was taken. They use the color that does not serve where the
 * one that does would have to change, which is frozen.
 * @param serving color that serves now; undefined: nobody knows
 */
export function recordedRelease(plan: StackPlan, serving: ColorName | undefined, point: BackupPoint): string[] {
  const { config, colors } = plan;
  const then = point.activeColor;
  const release = then && point.releases[then];
  if (!then || !release)
    return [`pulumi config set activeColor <a color whose release accepts ${point.head || "the beginning"}>`];
  const running = colors[then].release === release;
  const color = running || then !== serving ? then : otherColor(then);
  // The id of a set is its name and the first eight digits of its hash.
  const set = point.sets[then]?.replace(/-[0-9a-f]{8}$/, "");
  return [
    ...(colors[color].release === release ? [] : [`pulumi config set --path colors.${color}.imageTag ${release}`]),
    ...(set && nameOf(colors[color].set?.id) !== set
      ? [`pulumi config set --path colors.${color}.releaseSet ${set}`]
      : []),
    ...(config.activeColor === color ? [] : [`pulumi config set activeColor ${color}`]),
  ];
}

const nameOf = (id: string | undefined): string | undefined => id?.replace(/-[0-9a-f]{8}$/, "");
