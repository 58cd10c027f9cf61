import type Docker from "dockerode";
import { execOk } from "../live/docker.ts";
import { recordsName } from "../live/records.ts";
import { type PoolerState, poolerName } from "../pooler/state.ts";

/** Percent used of the disk on which the stack's volumes are, by the keeper of its catalogue. */
export async function readDisk(docker: Docker, stack: string): Promise<number> {
  const text = await execOk(docker, recordsName(stack), ["df", "--output=pcent", "/records"]);
  return Number(/(\d+)%/.exec(text)![1]);
}

/** Percent used of the client connections that the pooler admits. */
export async function readConnections(docker: Docker, stack: string, state: PoolerState): Promise<number> {
  if (state.kind !== "read") throw new Error(state.kind === "absent" ? "there is no pooler" : state.reason);
  const conf = await execOk(docker, poolerName(stack), ["cat", "/etc/switchback/pgbouncer.ini"]);
  const most = Number(/^max_client_conn = (\d+)$/m.exec(conf)![1]);
  return (100 * state.entries.reduce((sum, { connections }) => sum + connections, 0)) / most;
}
