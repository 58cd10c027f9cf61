import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
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
  const packages = ["docker.io", "iptables", "ca-certificates"];
  // Other releases of Debian have these inside docker.io, or not at all.
  const wanted = ["docker-cli", ...(existsSync("/sys/kernel/security/apparmor") ? ["apparmor"] : [])];
  if (!usesSystemd()) wanted.push("cgroupfs-mount");
  packages.push(...wanted.filter(isInstallable));
  say(`apt-get install ${packages.join(" ")}`);
  let done = 0;
  await run("apt-get", ["install", "--yes", "-q", "--no-install-recommends", ...packages], (line) => {
    if (line.startsWith("Need to get")) say(line);
    if (line.startsWith("Setting up") && ++done % 10 === 0) say(`${done} packages set up`);
  });
}

const isInstallable = (name: string): boolean => {
  const { stdout } = spawnSync("apt-cache", ["policy", name], { encoding: "utf8" });
  return /^ {2}Candidate: (?!\(none\))/m.test(stdout);
};

async function start(say: (line: string) => void): Promise<void> {
  if (usesSystemd()) {
    await run("systemctl", ["start", "docker"], say);
    return answered(say);
  }
  await mountCgroups(say);
  say(`starting dockerd, which stays after this; its log is ${logFile}`);
  const log = openSync(logFile, "a");
  const engine = spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const ended = new AbortController();
  await new Promise<void>((resolve, reject) => {
    engine.once("error", reject);
    engine.once("exit", (code) => {
      reject(new SetupError(`expected dockerd to stay, got exit ${code}; ${logEnd()}`));
      ended.abort();
    });
    answered(say, ended.signal).then(resolve, reject);
  });
  engine.removeAllListeners().unref();
}

/** What systemd would have done: without a cgroup hierarchy no container starts. */
async function mountCgroups(say: (line: string) => void): Promise<void> {
  const root = "/sys/fs/cgroup";
  if (!existsSync(root) || readdirSync(root).length > 0) return;
  if (has("cgroupfs-mount")) return run("cgroupfs-mount", [], say);
  say(`mounting cgroup2 on ${root}`);
  await run("mount", ["-t", "cgroup2", "cgroup2", root], say);
}

async function answered(say: (line: string) => void, ended?: AbortSignal): Promise<void> {
  for (let second = 0; second < startSeconds && !ended?.aborted; second++) {
    if ((await ping()).ok) return;
    if (second % 10 === 5) say(`waiting for the engine (${second} s of ${startSeconds})`);
    await sleep(1000);
  }
  throw new SetupError(`expected the engine to answer within ${startSeconds} s, got nothing; ${logEnd()}`);
}

function logEnd(): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").slice(-3) : [];
  return [`${logFile} ends with:`, ...lines].join("\n");
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
