import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../operations/live/docker.ts";
import type { Load } from "../load/load.ts";
import type { LoadResult } from "../load/result.ts";
import { initStack } from "../moves.ts";
import type { Project } from "../project.ts";
import { measured, noopUp, type Switch, switchTo } from "../switches.ts";
import { briefly, indented } from "./story.ts";

/** What the demo did and when; instants are milliseconds since 1970. */
export interface DemoRun {
  /** Where the stack's traffic goes in. */
  readonly url: string;
  readonly firstUpSeconds: number;
  readonly noopUpSeconds: readonly number[];
  /** Green to blue and back, both colors healthy. */
  readonly switches: readonly Switch[];
  /** When the container of the active color was killed. */
  readonly killedAt: number;
  /** The way back from that. */
  readonly rescue: Switch;
  readonly load: LoadResult;
}

const noops = 3;
/** The 2 s requests of the phase before must have ended when the container is killed. */
const quietMs = 3000;

/** The story of the demo: up, load, green to blue to green, the active color killed, back. */
export async function runDemo(
  project: Project,
  begin: (url: string) => Promise<Load>,
  say: (line: string) => void,
): Promise<DemoRun> {
  const docker = connect();
  const heading = (text: string) => say(`\n== ${text}`);

  heading("Bring the staging stack up: both colors warm, green active");
  say(`$ switchback stack init ${project.stack}`);
  say("$ openssl rand -base64 24 | switchback config set --secret --path secrets.database");
  await initStack(project);
  say("$ switchback up --yes");
  const first = await project.ok("up", "--yes");
  say(briefly(first.stdout));
  const { url } = JSON.parse((await project.ok("output", "--json")).stdout) as { url: string };
  heading(`The application answers at ${url} (try ${url}/version); load starts`);
  const load = await begin(url);
  await sleep(2000);

  heading("`up` with nothing to do, for comparison");
  const noopUpSeconds: number[] = [];
  for (let n = 0; n < noops; n++) noopUpSeconds.push((await noopUp(project, ["--yes"])).seconds);

  heading("What would a rollback to blue do?");
  say("$ switchback config set activeColor blue && switchback preview");
  await project.ok("config", "set", "activeColor", "blue");
  say(indented((await project.ok("preview")).stdout));

  const switches: Switch[] = [];
  for (const to of ["blue", "green"] as const) {
    heading(`${to === "blue" ? "Roll back: green to blue" : "And forward again: blue to green"}, under load`);
    switches.push(await shown(project, to, ["--yes"], say));
  }

  await sleep(quietMs);
  heading("The container of the active color dies");
  const container = `${project.stack}-green-orders-1`;
  say(`$ docker kill ${container}`);
  const killedAt = Date.now();
  await docker.getContainer(container).kill();
  const rescue = await rolledBack(project, say);
  return { url, firstUpSeconds: first.seconds, noopUpSeconds, switches, killedAt, rescue, load: await load.stop() };
}

async function shown(
  project: Project,
  to: "blue" | "green",
  upArgs: readonly string[],
  say: (line: string) => void,
): Promise<Switch> {
  say(`$ switchback config set activeColor ${to} && switchback up ${upArgs.join(" ")}`);
  const made = await switchTo(project, to, upArgs);
  say(briefly(made.output));
  return made;
}

/** What the validation afterwards finds is the container that was killed. */
const rollbackCodes: readonly (number | null)[] = [0, 6];

async function rolledBack(project: Project, say: (line: string) => void): Promise<Switch> {
  const args = ["rollback", "--quick", "--to", "1.0.0", "--reason", "green was killed", "--yes"];
  say(`$ switchback ${args.map((word) => (word.includes(" ") ? `"${word}"` : word)).join(" ")}`);
  const made = await measured(project, "blue", async () => {
    const result = await project.switchback(...args);
    if (rollbackCodes.includes(result.code)) return result;
    throw new Error(`expected a rollback to blue, got exit code ${result.code}:\n${result.stdout}${result.stderr}`);
  });
  say(indented(made.output));
  return made;
}
