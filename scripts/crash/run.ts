import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { connect } from "../../operations/live/docker.ts";
import type { ColorName } from "../../stacks/schema.ts";
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

/** What a stack is to be: the color that serves, and the keys of the config that make it so; undefined: the key goes. */
export interface Side {
  readonly color: ColorName;
  readonly config: Readonly<Record<string, unknown>>;
  /** What else must be true of the stack then. @returns what is not */
  readonly check?: (project: Project) => Promise<string[]>;
}

/**
 * Kills a victim in the middle of `up`, then runs `up` with the same or with the old config, and looks at the outcome.
 * @param from what the stack is; undefined before the first deployment
 */
export async function crash(
  project: Project,
  scenario: Crash,
  from: Side | undefined,
  to: Side,
  engine: string,
): Promise<CrashResult> {
  const up = ["up", "--yes", "--skip-preview", "--engine", engine];
  configure(project, to);
  const killed = await killAt(project, up, scenario.boundary.line, scenario.victim);
  const wanted = (scenario.then === "old" && from) || to;
  configure(project, wanted);
  await healed(project);
  const converged = await project.switchback(...up);
  const failed =
    converged.code === 0
      ? []
      : [`expected \`up\` to converge, got exit ${converged.code}:\n${converged.stdout}${converged.stderr}`];
  const problems = [
    ...failed,
    ...(await problemsOf(project, wanted.color, engine)),
    ...((await wanted.check?.(project)) ?? []),
  ];
  return { ...scenario, killed, seconds: converged.seconds, problems };
}

/** Brings the stack to a side, undisturbed. */
export async function bringUp(project: Project, side: Side, engine: string): Promise<void> {
  configure(project, side);
  await project.ok("up", "--yes", "--skip-preview", "--engine", engine);
}

/** The engine's own keys of the file, such as the salt of its secrets, stay. */
function configure(project: Project, side: Side): void {
  const file = parse(readFileSync(project.configFile, "utf8"));
  for (const [key, value] of Object.entries(side.config)) file.config[`switchback:${key}`] = value;
  project.configure(stringify(file));
}

/** Docker starts a killed container again by itself; what is killed in the middle needs a moment. */
async function healed({ stack }: Project): Promise<void> {
  const docker = connect();
  for (const role of ["database", "pooler"]) {
    const label = [`switchback.stack=${stack}`, `switchback.role=${role}`];
    for (const { Id } of await docker.listContainers({ all: true, filters: { label } })) {
      for (let round = 0; round < 120; round++) {
        const { State } = await docker.getContainer(Id).inspect();
        // A generation that stands still was stopped, and is not started again.
        if (!State.Running && !State.Restarting) break;
        if (State.Running && Date.now() - Date.parse(State.StartedAt) > 3000) break;
        await sleep(250);
      }
    }
  }
}
