import { type ColorName, otherColor } from "../../stacks/schema.ts";
import type { Project } from "../project.ts";
import { killAt } from "./kill.ts";
import { problemsOf } from "./outcome.ts";
import type { Crash } from "./scenarios.ts";

export interface CrashResult extends Crash {
  /** Whether the boundary was reached, so that something was killed. */
  readonly killed: boolean;
  /** Seconds of the `up` that had to converge. */
  readonly seconds: number;
  readonly problems: readonly string[];
}

/**
 * Kills a victim in the middle of `up`, then runs `up` with the same or with the old config, and looks at the outcome.
 * @param from color that serves; undefined before the first deployment, which then goes to `green`
 * @returns the result, and the color that serves now
 */
export async function crash(
  project: Project,
  scenario: Crash,
  from: ColorName | undefined,
  engine: string,
): Promise<{ result: CrashResult; serves: ColorName }> {
  const to = from ? otherColor(from) : "green";
  const up = ["up", "--yes", "--skip-preview", "--engine", engine];
  await project.ok("config", "set", "activeColor", to, "--engine", engine);
  const killed = await killAt(project, up, scenario.boundary.line, scenario.victim);
  const wanted = scenario.then === "old" && from ? from : to;
  await project.ok("config", "set", "activeColor", wanted, "--engine", engine);
  const converged = await project.switchback(...up);
  const failed =
    converged.code === 0
      ? []
      : [`expected \`up\` to converge, got exit ${converged.code}:\n${converged.stdout}${converged.stderr}`];
  const problems = [...failed, ...(await problemsOf(project, wanted, engine))];
  return { result: { ...scenario, killed, seconds: converged.seconds, problems }, serves: wanted };
}
