import * as pulumi from "@pulumi/pulumi";
import type Docker from "dockerode";

/** Ids of the containers of the last finished update, by name. */
export type Deployed = Readonly<Record<string, string>>;

/**
 * A hook that runs before a network or container is created: when the engine creates it, its state has none, so one
 * of the same name that carries this stack's label is what a killed run left behind, and is removed.
 * @param deployed containers of finished updates, which are never taken for leftovers
 * @param aside makes room for a container where the one of its name is evidence, and says whether it was
 */
export function reclaimHook(
  docker: Docker,
  stack: string,
  deployed: () => Promise<Deployed>,
  aside: (found: Docker.ContainerInspectInfo) => Promise<boolean>,
): pulumi.ResourceHook {
  return new pulumi.ResourceHook("reclaim-leftovers", async ({ urn, newInputs }) => {
    const { name } = newInputs as { name: string };
    const type = urn.split("::")[2]?.split("$").at(-1);
    if (type === "docker:index/network:Network") await reclaimNetwork(docker, stack, name);
    if (type === "docker:index/container:Container") await reclaimContainer(docker, stack, name, deployed, aside);
  });
}

async function reclaimContainer(
  docker: Docker,
  stack: string,
  name: string,
  deployed: () => Promise<Deployed>,
  aside: (found: Docker.ContainerInspectInfo) => Promise<boolean>,
): Promise<void> {
  const container = docker.getContainer(name);
  const found = await orGone(() => container.inspect());
  if (!found) return;
  if (found.Config.Labels["switchback.stack"] !== stack) {
    throw new Error(
      `expected the container name ${name} to be free, got a container that is not part of stack ${stack}; rename or remove it`,
    );
  }
  if (await aside(found)) return void (await pulumi.log.info(`${name} stands aside, as evidence`));
  if ((await deployed())[name] === found.Id) {
    throw new Error(
      `expected ${name} to be in the engine's state, got a live container that the state does not know; bring the right state back (docs/runbooks/lost-state.md), or remove the container: docker rm -f ${name}`,
    );
  }
  await pulumi.log.info(`removing the container ${name}, left behind by a run that was killed`);
  await orGone(() => container.remove({ force: true }));
}

async function reclaimNetwork(docker: Docker, stack: string, name: string): Promise<void> {
  const found = (await docker.listNetworks({ filters: { name: [name] } })).filter((network) => network.Name === name);
  for (const { Id, Labels } of found) {
    if (Labels?.["switchback.stack"] !== stack)
      throw new Error(
        `expected the network name ${name} to be free, got a network that is not part of stack ${stack}; remove it`,
      );
    const { Containers = {} } = await docker.getNetwork(Id).inspect();
    if (Object.keys(Containers).length > 0) {
      throw new Error(
        `expected ${name} to be in the engine's state, got a network in use that the state does not know; bring the right state back (docs/runbooks/lost-state.md)`,
      );
    }
    await pulumi.log.info(`removing the network ${name}, left behind by a run that was killed`);
    await orGone(() => docker.getNetwork(Id).remove());
  }
}

async function orGone<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}
