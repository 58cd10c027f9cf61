import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import type { RouterGoal } from "./goal.ts";

export const drainName = (stack: string, color: ColorName): string => `${stack}-drain-${color}`;

/**
 * Makes the one-shot container that drains a color once it is started. It is one of its own, in the router's network
 * namespace, so that it outlives this operation; it removes itself and leaves its report in the router's volume.
 * @param router name of the router's container
 */
export async function createDrain(
  docker: Docker,
  router: string,
  color: ColorName,
  goal: RouterGoal,
): Promise<Docker.Container> {
  await endDrain(docker, goal.stack, color);
  const { Id, Image, Mounts } = await docker.getContainer(router).inspect();
  const volume = Mounts.find(({ Destination }) => Destination === "/var/lib/switchback")?.Name;
  return docker.createContainer({
    name: drainName(goal.stack, color),
    Image,
    User: "root",
    Entrypoint: ["switchback-drain"],
    Env: [`SWITCHBACK_DRAIN=${JSON.stringify(drainPlan(goal, color))}`],
    Labels: { "switchback.stack": goal.stack, "switchback.role": "drain", "switchback.color": color },
    HostConfig: {
      NetworkMode: `container:${Id}`,
      CapDrop: ["ALL"],
      // NET_ADMIN closes sockets; DAC_OVERRIDE reaches the router's files, which are another user's.
      CapAdd: ["NET_ADMIN", "DAC_OVERRIDE"],
      SecurityOpt: ["no-new-privileges"],
      Memory: 64 * 1024 * 1024,
      AutoRemove: true,
      Init: true,
      Binds: volume ? [`${volume}:/var/lib/switchback`] : [],
    },
  });
}

/** Ends the drain of a color that gets traffic again, and waits until its container is gone. */
export async function endDrain(docker: Docker, stack: string, color: ColorName): Promise<void> {
  const container = docker.getContainer(drainName(stack, color));
  const gone = awaitDrain(docker, stack, color);
  const remove = () => ignoring([404, 409], container.remove({ force: true }));
  try {
    await container.kill({ signal: "SIGTERM" });
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404) return;
    // 409: it does not run, because its operation died before it could start it, or because it is being removed.
    if (statusCode !== 409) throw error;
    await remove();
  }
  const forced = setTimeout(() => void remove(), 2000);
  await gone.finally(() => clearTimeout(forced));
}

/** Removes what is left of a stack's drains, running or never started. */
export async function removeDrains(docker: Docker, stack: string): Promise<void> {
  const filters = { label: [`switchback.stack=${stack}`, "switchback.role=drain"] };
  const found = await docker.listContainers({ all: true, filters });
  await Promise.all(found.map(({ Id }) => ignoring([404, 409], docker.getContainer(Id).remove({ force: true }))));
}

/** Whether the drain of a color runs now. */
export async function isDraining(docker: Docker, stack: string, color: ColorName): Promise<boolean> {
  try {
    return (await docker.getContainer(drainName(stack, color)).inspect()).State.Running;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** Waits until the drain of a color has removed itself. */
export async function awaitDrain(docker: Docker, stack: string, color: ColorName): Promise<void> {
  await ignoring([404], docker.getContainer(drainName(stack, color)).wait({ condition: "removed" }));
}

/** For calls on a container that may end, or have ended, by itself. */
async function ignoring(statusCodes: readonly number[], call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!statusCodes.includes((error as { statusCode?: number }).statusCode ?? 0)) throw error;
  }
}

/** What the drain is told. In isolation nothing is announced to the color, and nothing stays open. */
export function drainPlan(goal: RouterGoal, color: ColorName) {
  const { httpSeconds, webSocketSeconds, webSocketsPerSecond } = goal.drain;
  const isolated = goal.pointer.mode === "isolate";
  const replicas = goal.colors[color].flatMap((service) =>
    service.replicas.map((replica) => ({ service, ...replica })),
  );
  return {
    color,
    httpSeconds: isolated ? 0 : httpSeconds,
    webSocketSeconds: isolated ? 0 : webSocketSeconds,
    webSocketsPerSecond,
    addresses: replicas.map(({ address }) => address),
    hooks: isolated
      ? []
      : replicas.flatMap(({ service, address }) =>
          service.drainHook ? [`http://${address}:${service.port}${service.drainHook}`] : [],
        ),
  };
}
