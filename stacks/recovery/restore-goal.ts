import { type RecoveryTarget, servingGeneration } from "../../operations/generations/format.ts";
import type { RestoredFiles, RestoreGoal } from "../../operations/recovery/goal.ts";
import type { Deciding } from "./decide.ts";
import type { RequestState } from "./request.ts";
import type { Resolution } from "./resolution.ts";

/**
 * What a request's restore is to reach. Once it was taken up it goes on with the material that was chosen then; what the
 * application gets meanwhile, and how it is verified, is what the config says now.
 */
export function restoreGoal(
  { plan, catalogue, smoke }: Deciding,
  state: Extract<RequestState, { kind: "new" | "pending" }>,
  resolution: Resolution | undefined,
  files: readonly RestoredFiles[] = [],
): RestoreGoal {
  const { stack, config, database } = plan;
  const { during, verify, clone } = config.recovery;
  const { drill } = state.kind === "new" ? state.asked : state.recorded;
  const means = {
    during: drill ? ("serve" as const) : during,
    verify: drill ? ("audit" as const) : verify,
    clone,
    smoke,
  };
  if (state.kind === "pending") return { ...(JSON.parse(state.recorded.goal) as RestoreGoal), ...means };
  const { source, material, expected } = resolution!;
  const { hash, generation } = state.asked;
  const container = (name: string) => `${stack}-database-${name}`;
  return {
    stack,
    request: hash,
    generation,
    container: container(generation),
    backupVolume: database!.backupVolume,
    database: database!.name,
    source: {
      ...source,
      container: container(source.generation),
      serves: source.generation === servingGeneration(catalogue),
    },
    material,
    ...(files.length > 0 && { files }),
    expected,
    ...means,
    drill,
  };
}

/** A target for people. */
export function tellTarget(target: RecoveryTarget): string {
  if (target.kind === "backup") return `at ${target.name}`;
  return `just before ${target.kind === "time" ? target.at : target.lsn}`;
}
