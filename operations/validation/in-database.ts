import type pg from "pg";
import { connectDatabase } from "../database/connect.ts";
import { type Check, unknown } from "./check.ts";
import { type Context, isRunning } from "./context.ts";

/** The generation that serves: its container, while that runs; else why it cannot be asked. */
export function servingDatabase(context: Context): { container: string } | { unknown: string } {
  const { serving } = context;
  if (!serving) return { unknown: "the stack has no database" };
  if ("unknown" in serving) return serving;
  const { container } = serving.value;
  return isRunning(context, container) ? { container } : { unknown: `${container} does not run` };
}

/** One session for all checks of a validation: to begin one costs more than what they ask. */
const sessions = new WeakMap<Context, Promise<pg.Client>>();

function sessionOf(context: Context, container: string, database: string): Promise<pg.Client> {
  const known = sessions.get(context);
  if (known) return known;
  const session = connectDatabase(context.docker, { container, database, user: "postgres" });
  sessions.set(context, session);
  return session;
}

/** Ends the session, if there is one. */
export const endSession = async (context: Context): Promise<void> => (await sessions.get(context))?.end();

/** Works in the session of the database that serves; one that cannot be asked leaves each named check unknown. */
export const inDatabase = (context: Context, names: readonly string[], work: Work): Promise<Check[]> =>
  asked(context, names, async (at) => work(await sessionOf(context, at.container, at.database), at.container));

/** The same in a session of its own, for what has transactions or settings. */
export const inOwnSession = (context: Context, names: readonly string[], work: Work): Promise<Check[]> =>
  asked(context, names, async (at) => {
    const client = await connectDatabase(context.docker, { ...at, user: "postgres" });
    return work(client, at.container).finally(() => client.end());
  });

type Work = (client: pg.Client, container: string) => Promise<Check[]>;

async function asked(
  context: Context,
  names: readonly string[],
  work: (at: { container: string; database: string }) => Promise<Check[]>,
): Promise<Check[]> {
  const { database } = context.expectation;
  if (!database) return [];
  const serving = servingDatabase(context);
  if ("unknown" in serving) return names.map((name) => unknown(name, serving.unknown));
  try {
    return await work({ container: serving.container, database: database.name });
  } catch (error) {
    return names.map((name) => unknown(name, (error as Error).message));
  }
}
