import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { isDatabaseDead } from "../database/dead.ts";
import type { RouterGoal, TargetService } from "./goal.ts";
import { probeServices } from "./health.ts";

const answerMilliseconds = 2000;
const pauseMilliseconds = 300;

/**
 * Waits until every replica of a color runs the recorded image and is ready, as often in a row as asked.
 * @throws when it is absent or runs something else, at once; when it is not ready within the time, with each reason
 */
export async function passGate(
  docker: Docker,
  router: string,
  color: ColorName,
  goal: RouterGoal,
  log: (line: string) => void,
): Promise<void> {
  const services = goal.colors[color];
  if (services.length === 0) throw new Error(`expected services on ${color} to send traffic to, got none`);
  const total = services.reduce((sum, { replicas }) => sum + replicas.length, 0);
  const end = Date.now() + goal.gate.timeoutSeconds * 1000;
  let last = "";
  for (;;) {
    const [, health] = await Promise.all([
      checkContainers(docker, services),
      probeServices(docker, router, services, answerMilliseconds, goal.gate.consecutive),
    ]);
    const ill = health.filter(({ ready }) => !ready);
    const line = `gate: ${color} ready ${total - ill.length}/${total}`;
    if (line !== last) log(line);
    last = line;
    if (ill.length === 0) return;
    if (health.every(({ live }) => live) && (await isDatabaseDead(docker, goal.database))) {
      log(`gate: the database does not answer; ${color} is alive, which is enough without it`);
      return;
    }
    if (Date.now() > end) {
      throw new Error(
        `expected ${color} to be ready within ${goal.gate.timeoutSeconds} s, got ${ill.map(({ container, detail }) => `${container}: ${detail}`).join("; ")}; see \`docker logs ${ill[0]!.container}\``,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMilliseconds));
  }
}

async function checkContainers(docker: Docker, services: readonly TargetService[]): Promise<void> {
  await Promise.all(
    services.map(async ({ image, replicas, spec }) => {
      const wanted = image.startsWith("sha256:") ? image : (await docker.getImage(image).inspect()).Id;
      await Promise.all(
        replicas.map(({ container, address }) => checkContainer(docker, container, { address, image: wanted, spec })),
      );
    }),
  );
}

interface Wanted {
  readonly address: string;
  readonly image: string;
  readonly spec: string | undefined;
}

async function checkContainer(docker: Docker, name: string, { address, image, spec }: Wanted): Promise<void> {
  const { Image, State, NetworkSettings, Config } = await inspect(docker, name);
  // One that Docker is starting again may yet become ready; a stopped one will not.
  if (!State.Running && !State.Restarting) {
    throw new Error(
      `expected ${name} to run, got ${State.Status} (exit ${State.ExitCode}); start it: docker start ${name}`,
    );
  }
  if (Image !== image) {
    throw new Error(
      `expected ${name} to run the recorded image ${short(image)}, got ${short(Image)}; run \`up\` again, without --target`,
    );
  }
  // A run with --target leaves a color as it was, although its release set, environment or limits have changed.
  if (spec !== undefined && Config.Labels["switchback.spec"] !== spec) {
    throw new Error(
      `expected ${name} to be made of the config as it is now, got one made before; run \`up\` again, without --target`,
    );
  }
  const addresses = Object.values(NetworkSettings.Networks).map(({ IPAddress }) => IPAddress);
  if (!addresses.includes(address)) {
    throw new Error(`expected ${name} at ${address}, got ${addresses.join(", ") || "no address"}`);
  }
}

async function inspect(docker: Docker, name: string): Promise<Docker.ContainerInspectInfo> {
  try {
    return await docker.getContainer(name).inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    throw new Error(`expected the container ${name}, got none; run \`up\` with --refresh`);
  }
}

const short = (id: string) => id.slice(0, 19);
