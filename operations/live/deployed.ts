import type Docker from "dockerode";
import { readRecord, writeRecord } from "./records.ts";

const file = "deployed.json";

/** Ids of the stack's containers when its last update finished, by name; empty before the first one. */
export async function readDeployed(docker: Docker, stack: string): Promise<Readonly<Record<string, string>>> {
  return JSON.parse((await readRecord(docker, stack, file)) ?? "{}");
}

/** Records the containers that the stack has now, at the end of an update. */
export async function recordDeployed(docker: Docker, stack: string): Promise<void> {
  const found = await docker.listContainers({ all: true, filters: { label: [`switchback.stack=${stack}`] } });
  const ids = Object.fromEntries(found.map(({ Id, Names }) => [Names[0]?.slice(1) ?? Id, Id]));
  await writeRecord(docker, stack, file, `${JSON.stringify(ids)}\n`);
}
