import type { Rig } from "./rig.ts";

export interface Writers {
  /** Names of all rows whose commit was acknowledged, and what failed. */
  stop(): Promise<{ acknowledged: { row: string; at: number }[]; failures: { message: string; at: number }[] }>;
}

/** Services that write through the pooler all the time: some keep their connection, some open one for each row. */
export function startWriters(rig: Rig, name: string, writers = 4): Writers {
  let count = 0;
  const acknowledged: { row: string; at: number }[] = [];
  const failures: { message: string; at: number }[] = [];
  let stopped = false;
  const failed = (error: unknown) => failures.push({ message: (error as Error).message, at: Date.now() });
  const work = async (number: number) => {
    const keeps = number % 2 === 0;
    let client = rig.client(number % 3 === 0 ? "blue" : "green");
    let open = false;
    while (!stopped) {
      try {
        if (!open) {
          client = rig.client(number % 3 === 0 ? "blue" : "green");
          await client.connect();
          open = true;
        }
        // Named apart: the numbers of two generations are the same.
        const row = `${name}-${number}-${count++}`;
        await client.query("insert into events (by) values ($1)", [row]);
        acknowledged.push({ row, at: Date.now() });
        if (!keeps) {
          await client.end();
          open = false;
        }
      } catch (error) {
        failed(error);
        await client.end().catch(() => {});
        open = false;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    if (open) await client.end().catch(() => {});
  };
  const all = Promise.all(Array.from({ length: writers }, (_, number) => work(number)));
  return {
    stop: async () => {
      stopped = true;
      await all;
      return { acknowledged, failures };
    },
  };
}
