import type Docker from "dockerode";
import { poolerName } from "./state.ts";

/** Name of a stack's database, from its pooler, which stands in front of it, also when it is stopped; null: it has none. */
export async function databaseName(docker: Docker, stack: string): Promise<string | null> {
  try {
    const { Config } = await docker.getContainer(poolerName(stack)).inspect();
    return Config.Env.find((line) => line.startsWith("SWITCHBACK_DATABASE="))?.split("=")[1] ?? null;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw error;
  }
}
