import type Docker from "dockerode";
import type pg from "pg";
import { type ConnectTo, connectDatabase } from "../../database/connect.ts";

const pollMilliseconds = 100;

/**
 * A connection to a server whose recovery is over. Neither a connection nor pg_isready says that: a server that still
 * replays answers both.
 * @throws when it does not end in time, with what it answered last
 */
export async function awaitPromoted(docker: Docker, at: ConnectTo, milliseconds = 60_000): Promise<pg.Client> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const result = await attempt(docker, at);
    if (typeof result !== "string") return result;
    if (Date.now() > end) {
      throw new Error(
        `expected ${at.container} to be promoted within ${milliseconds / 1000} s, got: ${result}; see \`docker logs ${at.container}\``,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds));
  }
}

async function attempt(docker: Docker, at: ConnectTo): Promise<pg.Client | string> {
  let client: pg.Client | undefined;
  try {
    client = await connectDatabase(docker, at);
    const { rows } = await client.query("select pg_is_in_recovery() as replays");
    if (!rows[0].replays) return client;
    await client.end();
    return "a server that still replays";
  } catch (error) {
    await client?.end().catch(() => {});
    return (error as Error).message;
  }
}
