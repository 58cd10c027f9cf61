import type Docker from "dockerode";
import { leaveNetworks, pause } from "./cut.ts";
import { type Member, toMember } from "./members.ts";
import { asideName } from "./names.ts";
import type { IsolationRecord } from "./record.ts";

/** Time that PostgreSQL gets for its last checkpoint. */
const stopSeconds = 120;

/**
 * What makes room for fresh containers while an isolation is cleared.
 * @param record undefined: none is
 * @returns whether a container was an isolated one; any other is left as it is
 */
export const asideOf =
  (docker: Docker, stack: string, record: IsolationRecord | undefined) =>
  async (found: Docker.ContainerInspectInfo): Promise<boolean> => {
    if (!record?.containers.some(({ id }) => id === found.Id)) return false;
    await setAside(docker, stack, record.evidence, found);
    return true;
  };

/**
 * Makes room for a fresh container: the isolated one gets another name, gives its port and addresses free, and stands
 * still with its memory. It is paused, not stopped, because a prune removes what is stopped. A database is stopped, since
 * the fresh one works in the same volume.
 */
async function setAside(
  docker: Docker,
  stack: string,
  evidence: string,
  found: Docker.ContainerInspectInfo,
): Promise<void> {
  const member = toMember(found);
  const container = docker.getContainer(member.id);
  await container.update({ RestartPolicy: { Name: "no" } });
  await leaveNetworks(docker, stack, member);
  await still(container, member);
  await container.rename({ name: asideName(stack, evidence, member.name) });
}

async function still(container: Docker.Container, { role, running, paused }: Member): Promise<void> {
  if (!running) return;
  if (role !== "database") {
    if (!paused) await pause(container);
    return;
  }
  if (paused) await container.unpause();
  await container.stop({ t: stopSeconds });
}
