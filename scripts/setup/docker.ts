import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../operations/live/docker.ts";
import { canInstall, has, run } from "./run.ts";
import { SetupError, type Step } from "./step.ts";

const logFile = "/var/log/switchback-dockerd.log";
const startSeconds = 60;

/** The Docker engine: the reachable one, else one installed and started here. */
export const dockerEngine: Step = {
  name: "Docker engine",
  check: async () => {
    const answer = await ping();
    return answer.ok
      ? { done: true, detail: `${answer.version} at ${where()}` }
      : { done: false, detail: `none answers at ${where()} (${answer.reason})` };
  },
  plan: "install docker.io where it is missing and start the engine",
  run: async (say) => {
    const { reason } = await ping();
    const advice = adviceFor({
      dockerHost: process.env.DOCKER_HOST,
      denied: /EACCES/.test(reason),
      installed: has("dockerd"),
      canInstall: canInstall(),
      systemd: usesSystemd(),
      platform: process.platform,
    });
    if (advice) throw new SetupError(advice);
    if (!has("dockerd")) await install(say);
    if (!(await ping()).ok) await start(say);
    await answered(say);
  },
};

export interface Situation {
  readonly dockerHost: string | undefined;
  /** The socket is there and this user may not open it. */
  readonly denied: boolean;
  readonly installed: boolean;
  readonly canInstall: boolean;
  readonly systemd: boolean;
  readonly platform: NodeJS.Platform;
}

/** The sentence for whoever must start the engine by hand, or undefined when set-up may do it. */
export function adviceFor(situation: Situation): string | undefined {
  if (situation.dockerHost) {
    return `expected an engine at DOCKER_HOST=${situation.dockerHost}, got no answer; start it, or run \`unset DOCKER_HOST\` to use the local one`;
  }
  if (situation.denied) {
    return "expected access to /var/run/docker.sock, got permission denied; run `sudo usermod -aG docker $USER` and log in again";
  }
  if (situation.platform !== "linux") {
    return "expected a running Docker engine; start Docker Desktop (https://docs.docker.com/desktop/) and try again";
  }
  if (situation.canInstall) return undefined;
  if (!situation.installed) {
    return "expected a Docker engine, got none; run `sudo apt-get install --yes docker.io` (on another system: https://docs.docker.com/engine/install/) and try again";
  }
  const command = situation.systemd ? "sudo systemctl start docker" : "sudo dockerd";
  return `expected a running Docker engine, got one that is installed and stopped; run \`${command}\` and try again`;
}

async function install(say: (line: string) => void): Promise<void> {
  say("apt-get update");
  await run("apt-get", ["update", "-q"], () => {});
  const packages = ["docker.io", "iptables", ...(usesSystemd() ? [] : ["cgroupfs-mount"])];
  say(`apt-get install ${packages.join(" ")}`);
  await run("apt-get", ["install", "--yes", "-q", ...packages], (line) => {
    if (/^(Setting up|Need to get)/.test(line)) say(line);
  });
}

async function start(say: (line: string) => void): Promise<void> {
  if (usesSystemd()) return run("systemctl", ["start", "docker"], say);
  if (has("cgroupfs-mount")) await run("cgroupfs-mount", [], say);
  say(`starting dockerd, which stays after this; its log is ${logFile}`);
  const log = openSync(logFile, "a");
  spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] }).unref();
  closeSync(log);
}

async function answered(say: (line: string) => void): Promise<void> {
  for (let second = 0; second < startSeconds; second++) {
    if ((await ping()).ok) return;
    if (second % 10 === 5) say(`waiting for the engine (${second} s of ${startSeconds})`);
    await sleep(1000);
  }
  const log = existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").slice(-5).join("\n") : "";
  throw new SetupError(
    `expected the engine to answer within ${startSeconds} s, got nothing; ${logFile} ends with:\n${log}`,
  );
}

async function ping(): Promise<{ ok: boolean; version: string; reason: string }> {
  try {
    const late = sleep(5000, undefined, { ref: false }).then(() => Promise.reject(new Error("no answer in 5 s")));
    const { Version } = await Promise.race([connect().version(), late]);
    return { ok: true, version: Version, reason: "" };
  } catch (error) {
    return { ok: false, version: "", reason: (error as Error).message };
  }
}

const where = () => process.env.DOCKER_HOST || "the local socket";
const usesSystemd = () => existsSync("/run/systemd/system");
