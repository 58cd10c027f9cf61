import type Docker from "dockerode";
import type { ColorName } from "../../stacks/schema.ts";
import { connectDatabase } from "../database/connect.ts";
import { isDatabaseDead } from "../database/dead.ts";
import { endSessions } from "../database/sessions.ts";
import { colorRoles } from "../database/writes.ts";
import { readPooler } from "../pooler/state.ts";
import { writePooler } from "../pooler/writer.ts";
import type { Pointer } from "../router/goal.ts";
import { readRouter, routerName } from "../router/state.ts";
import { write } from "../router/writer.ts";

/** Whether each color's entries in the pooler are open. */
export type Open = Readonly<Record<ColorName, boolean>>;

/** Who acts on router and pooler, and for what. */
export interface Acting {
  readonly docker: Docker;
  readonly stack: string;
  readonly epoch: string;
  /** Hash of the goal. */
  readonly goal: string;
}

/** The pointer that serves requests; null: none does, because there is no router, or it serves nobody already. */
export async function readServing(docker: Docker, stack: string): Promise<Pointer | null> {
  const state = await readRouter(docker, stack);
  if (state.kind === "read") {
    const pointer = state.memory ?? state.file?.pointer;
    return pointer?.mode === "serve" ? pointer : null;
  }
  return state.kind === "absent" ? null : unlessStopped(docker, routerName(stack), state.reason);
}

/** Which entries are open; null: there is no pooler that runs. */
export async function readOpen(docker: Docker, stack: string): Promise<Open | null> {
  const state = await readPooler(docker, stack);
  if (state.kind === "read") return state.acting.open;
  return state.kind === "absent" ? null : unlessStopped(docker, `${stack}-pooler`, state.reason);
}

/** Shows everybody the maintenance page instead of the colors. */
export async function showMaintenance({ docker, stack, epoch, goal }: Acting, serving: Pointer): Promise<void> {
  const router = routerName(stack);
  await write(docker, router, { op: "pend", epoch, goal, pointer: serving });
  await write(docker, router, { op: "point", epoch, pointer: { ...serving, mode: "maintenance" } });
}

/** Lets the requests go where they went before {@link showMaintenance}. */
export async function endMaintenance({ docker, stack, epoch }: Acting, serving: Pointer): Promise<void> {
  const router = routerName(stack);
  await write(docker, router, { op: "point", epoch, pointer: serving });
  await write(docker, router, { op: "clear", epoch });
}

/** Closes both colors' entries in the pooler, and ends what their connections still run in the server that answers. */
export async function closeEntries(
  { docker, stack, epoch, goal }: Acting,
  server: { readonly container: string; readonly database: string },
): Promise<void> {
  await writePooler(docker, stack, { op: "pend", epoch, goal });
  await writePooler(docker, stack, { op: "set", epoch, open: { blue: false, green: false } });
  await endColorSessions(docker, server);
}

/** Opens the entries that were open before {@link closeEntries}. */
export async function reopenEntries({ docker, stack, epoch }: Acting, open: Open): Promise<void> {
  await writePooler(docker, stack, { op: "set", epoch, open });
  await writePooler(docker, stack, { op: "clear", epoch });
}

/** Ends the sessions of both colors in a server, once nobody can begin new ones. A dead server has none. */
export async function endColorSessions(
  docker: Docker,
  { container, database }: { readonly container: string; readonly database: string },
): Promise<void> {
  if (await isDatabaseDead(docker, container)) return;
  const client = await connectDatabase(docker, { container, database, user: "postgres" });
  try {
    for (const role of colorRoles(database)) await endSessions(client, role);
  } finally {
    await client.end();
  }
}

/** Nobody gets through a container that does not run. @throws when it runs, and cannot be asked */
async function unlessStopped(docker: Docker, name: string, reason: string): Promise<null> {
  const { State } = await docker.getContainer(name).inspect();
  if (!State.Running) return null;
  throw new Error(`expected ${name} to say what it lets through, got: ${reason}; restart it: docker restart ${name}`);
}
