import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { exec } from "../live/docker.ts";
import type { RouterGoal } from "./goal.ts";
import { confirmProbes, type Probe, receiving } from "./traffic.ts";

const answerSeconds = 5;

/**
 * Asks the router's own listener, over new connections, and compares who answered with the goal.
 * @param mustAnswer colors whose 502, 503 and 504 count as failures; of the others only the headers are compared
 * @throws at the first service that another color or release answers
 */
export async function confirm(
  docker: Docker,
  router: string,
  goal: RouterGoal,
  mustAnswer: readonly ColorName[],
): Promise<void> {
  const probes = confirmProbes(goal).flatMap((probe) => Array<Probe>(goal.confirm.connections).fill(probe));
  if (probes.length === 0) return;
  const asked = await ask(docker, router, probes);
  // A machine under load may be late once; an answer that is wrong is not asked for again.
  const silent = asked.filter(({ answer }) => answer.status === unanswered).map(({ probe }) => probe);
  const again = silent.length > 0 ? await ask(docker, router, silent) : [];
  for (const { probe, answer } of [...asked.filter(({ answer }) => answer.status !== unanswered), ...again]) {
    const problem = compare(answer, goal, mustAnswer);
    if (problem) throw new Error(`${probe.service} (GET ${probe.path}): ${problem}`);
  }
}

/** Asks each at the same time. One that gets no answer in time has none. */
async function ask(docker: Docker, router: string, probes: readonly Probe[]) {
  const argv = ["curl", "-Z", "--parallel-immediate", "-K", "-"];
  const { stdout, stderr } = await exec(docker, router, argv, curlConfig(probes));
  const answers = new Map(stdout.split("\n").map((line) => [line.split("|")[0], line]));
  if (!answers.has("0")) throw new Error(`expected curl in ${router} to ask, got: ${stderr.trim() || "nothing"}`);
  return probes.map((probe, at): { readonly probe: Probe; readonly answer: Answer } => {
    const [, status = unanswered, color = "", release = ""] = (answers.get(`${at}`) ?? "").split("|");
    return { probe, answer: { status, color, release } };
  });
}

const unanswered = "000";

export interface Answer {
  /** "000": none. */
  readonly status: string;
  /** X-Switchback-Color and X-Switchback-Release; empty: not there. */
  readonly color: string;
  readonly release: string;
}

/** What is wrong with an answer of the router, or undefined. */
export function compare(answer: Answer, goal: RouterGoal, mustAnswer: readonly ColorName[]): string | undefined {
  const { pointer } = goal;
  const got = `${answer.status} from ${answer.color || "no color"} ${answer.release}`.trim();
  const allowed = receiving(pointer);
  if (allowed.length === 0) {
    return answer.status === "503" && answer.color === "" ? undefined : `expected 503 in ${pointer.mode}, got ${got}`;
  }
  const right = allowed.find((color) => color === answer.color && (pointer.releases[color] ?? "") === answer.release);
  if (!right) {
    const wanted = allowed.map((color) => `${color} ${pointer.releases[color]}`).join(" or ");
    return `expected an answer of ${wanted} through the router, got ${got}`;
  }
  const failed = mustAnswer.includes(right) && ["502", "503", "504"].includes(answer.status);
  return failed ? `expected ${right} to answer through the router, got ${answer.status}` : undefined;
}

/** One request each: `next` begins another, and a closed connection makes the following one new. */
const curlConfig = (probes: readonly Probe[]) =>
  probes
    .map(({ path, host }, at) =>
      [
        `url = "http://127.0.0.1:8080${path}"`,
        ...(host ? [`header = "Host: ${host.replace("*", "any")}"`] : []),
        'header = "Connection: close"',
        'output = "/dev/null"',
        `max-time = ${answerSeconds}`,
        "silent",
        `write-out = "${at}|%{http_code}|%header{x-switchback-color}|%header{x-switchback-release}\\n"`,
      ].join("\n"),
    )
    .join("\nnext\n");
