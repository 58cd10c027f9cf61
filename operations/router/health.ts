import type Docker from "dockerode";
import { execOk } from "../live/docker.ts";
import type { TargetService } from "./goal.ts";

export interface ServiceHealth {
  readonly service: string;
  readonly container: string;
  readonly live: boolean;
  readonly ready: boolean;
  /** Why it is not ready, or "ready". */
  readonly detail: string;
}

/**
 * Asks every replica for `live` and `ready`, in parallel, from the router's container, so from where its traffic comes.
 * @param router name of the router's container
 * @param timeoutMs bound of each answer
 * @param rounds how often, one after the other; each answer must be a 2xx
 */
export async function probeServices(
  docker: Docker,
  router: string,
  services: readonly TargetService[],
  timeoutMs: number,
  rounds = 1,
): Promise<ServiceHealth[]> {
  const replicas = services.flatMap((service) => service.replicas.map((replica) => ({ service, ...replica })));
  if (replicas.length === 0) return [];
  const urls = replicas.flatMap(({ service, address }) => {
    const origin = `http://${address}:${service.port}`;
    return [`${origin}${service.live}`, `${origin}${service.ready}`];
  });
  const config = urls.map((url) => `url = "${url}"\noutput = "/dev/null"\n`).join("");
  const seconds = (timeoutMs / 1000).toFixed(3);
  const answers = parse(await execOk(docker, router, ["switchback-probe", seconds, `${rounds}`], config));
  return replicas.map(({ service, container }, at) => {
    const live = verdict(answers, 2 * at, rounds);
    const ready = verdict(answers, 2 * at + 1, rounds);
    const detail = ready.ok ? "ready" : `${service.ready} ${ready.detail}`;
    return { service: service.name, container, live: live.ok, ready: ready.ok, detail };
  });
}

interface Answer {
  readonly url: number;
  readonly status: string;
  readonly error: string;
}

/** Lines `<round> <url number> <status> <error>`. */
const parse = (text: string): Answer[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, url, status = "000", ...error] = line.split(" ");
      return { url: Number(url), status, error: error.join(" ") };
    });

function verdict(answers: readonly Answer[], url: number, rounds: number): { ok: boolean; detail: string } {
  const own = answers.filter((answer) => answer.url === url);
  const bad = own.find(({ status }) => !/^2\d\d$/.test(status));
  if (bad) return { ok: false, detail: bad.status === "000" ? bad.error || "no answer" : `answered ${bad.status}` };
  return { ok: own.length === rounds, detail: own.length === rounds ? "" : "gave no answer" };
}
