import type Docker from "dockerode";
import { isMoved, type Member } from "./members.ts";
import { isolationNetwork } from "./names.ts";
import type { IsolatedContainer } from "./record.ts";

const pauseAttempts = 10;

/** Makes the network without a way out. Containers in it reach neither each other nor the host, which has no address there. */
export async function ensureIsolationNetwork(docker: Docker, stack: string): Promise<void> {
  const name = isolationNetwork(stack);
  const found = await docker
    .getNetwork(name)
    .inspect()
    .catch(unless([404]));
  if (!found) {
    await docker
      .createNetwork({
        Name: name,
        CheckDuplicate: true,
        Internal: true,
        Options: {
          "com.docker.network.bridge.enable_icc": "false",
          "com.docker.network.bridge.inhibit_ipv4": "true",
        },
        Labels: { "switchback.stack": stack, "switchback.role": "isolation" },
      })
      .catch(unless([409]));
    return;
  }
  if (found.Labels?.["switchback.stack"] !== stack || !found.Internal)
    throw new Error(
      `expected the network ${name} to be the internal one of stack ${stack}, got another one; rename or remove it`,
    );
}

/** Whether nothing reaches a container, and it reaches nothing. One without any network is cut by itself. */
export const isCut = (stack: string, { networks }: Pick<Member, "networks">): boolean =>
  networks.every(({ name }) => name === isolationNetwork(stack));

/** Cuts containers from every network, all at once; they go on running. @throws naming those that could not be cut, after all were tried */
export async function cut(docker: Docker, stack: string, members: readonly Member[]): Promise<void> {
  await forEach(members.filter(isMoved), (member) => leaveNetworks(docker, stack, member));
}

/**
 * Puts containers into the network without a way out, and keeps Docker from starting them again. The scheduler of backups
 * is paused: a backup that expires meanwhile may be the one that is needed.
 */
export async function hold(docker: Docker, stack: string, members: readonly Member[]): Promise<void> {
  await forEach(members.filter(isMoved), async (member) => {
    const container = docker.getContainer(member.id);
    await container.update({ RestartPolicy: { Name: "no" } });
    const isolated = isolationNetwork(stack);
    if (member.networks.length > 0 && !member.networks.some(({ name }) => name === isolated))
      await docker.getNetwork(isolated).connect({ Container: member.id }).catch(unlessConnected);
    if (member.role === "scheduler" && member.running && !member.paused) await pause(container);
  });
}

/** Pauses a container. The engine cannot where a process begins at that moment: it is asked again. */
export async function pause(container: Docker.Container): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return void (await container.pause());
    } catch (error) {
      if (attempt === pauseAttempts || !/unable to freeze/.test((error as Error).message)) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 100));
    }
  }
}

/** Disconnects a container from every network but the one without a way out. */
export async function leaveNetworks(docker: Docker, stack: string, { id, networks }: Member): Promise<void> {
  const others = networks.filter(({ name }) => name !== isolationNetwork(stack));
  for (const { name } of others)
    await docker.getNetwork(name).disconnect({ Container: id, Force: true }).catch(unlessGone);
}

/** Gives a container back what it had: its networks with its addresses, its restart policy, and whether it goes on. */
export async function putBack(docker: Docker, stack: string, was: IsolatedContainer, is: Member): Promise<void> {
  const container = docker.getContainer(was.id);
  const missing = was.networks.filter(({ name }) => !is.networks.some((network) => network.name === name));
  for (const { name, address, aliases } of missing) {
    const EndpointConfig = { Aliases: aliases, ...(address && { IPAMConfig: { IPv4Address: address } }) };
    await docker.getNetwork(name).connect({ Container: was.id, EndpointConfig }).catch(unlessConnected);
  }
  if (is.networks.some(({ name }) => name === isolationNetwork(stack)))
    await docker.getNetwork(isolationNetwork(stack)).disconnect({ Container: was.id, Force: true }).catch(unlessGone);
  await container.update({ RestartPolicy: { Name: was.restart.name, MaximumRetryCount: was.restart.retries } });
  if (is.paused && !was.paused) await container.unpause();
}

/** Removes the network when nothing is in it any more; evidence that stands aside stays in it. */
export async function removeIsolationNetwork(docker: Docker, stack: string): Promise<void> {
  const network = docker.getNetwork(isolationNetwork(stack));
  const found = await network.inspect().catch(unless([404]));
  if (found && Object.keys(found.Containers ?? {}).length === 0) await network.remove().catch(unless([403, 404]));
}

async function forEach<T extends { readonly name: string }>(
  all: readonly T[],
  work: (one: T) => Promise<void>,
): Promise<void> {
  const results = await Promise.allSettled(all.map(work));
  const failed = results.flatMap((result, index) =>
    result.status === "rejected" ? [`${all[index]!.name}: ${(result.reason as Error).message}`] : [],
  );
  if (failed.length > 0)
    throw new Error(`expected to isolate every container, got ${failed.join("; ")}; run \`up\` again`);
}

const unless = (codes: readonly number[]) => (error: { statusCode?: number }) => {
  if (!codes.includes(error.statusCode ?? 0)) throw error;
  return undefined;
};

function unlessGone(error: Error & { statusCode?: number }): void {
  if (error.statusCode !== 404 && !/is not connected to/.test(error.message)) throw error;
}

function unlessConnected(error: Error): void {
  if (!/already exists in network|already attached/.test(error.message)) throw error;
}
