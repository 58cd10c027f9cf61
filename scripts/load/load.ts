import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { checkOptions, defaultLoad, type LoadOptions } from "./options.ts";
import type { LoadResult } from "./result.ts";

export interface Load {
  /** Requests answered so far, a second old at most. */
  readonly progress: { readonly requests: number; readonly failed: number };
  /** Ends the load, waits for the requests in flight and returns everything that was recorded. */
  stop(): Promise<LoadResult>;
  /** Ends the load at once, without a result. */
  kill(): void;
}

/** Starts load on `url` in a process of its own. @throws when it is not an address of this machine */
export async function startLoad(options: Pick<LoadOptions, "url"> & Partial<LoadOptions>): Promise<Load> {
  const complete = checkOptions({
    ...defaultLoad,
    orders: `load-${randomBytes(4).toString("hex")}`,
    ...options,
  });
  const worker = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), [JSON.stringify(complete)]);
  let progress = { requests: 0, failed: 0 };
  const result = Promise.withResolvers<LoadResult>();
  const ready = Promise.withResolvers<void>();
  result.promise.catch(() => {});
  worker.on("message", (message: { ready?: true; progress?: typeof progress; result?: LoadResult }) => {
    if (message.ready) ready.resolve();
    if (message.progress) progress = message.progress;
    if (message.result) result.resolve(message.result);
  });
  worker.on("exit", (code, signal) => {
    const error = new Error(`expected the load to end with a result, got ${code ?? signal}`);
    ready.reject(error);
    result.reject(error);
  });
  await ready.promise;
  return {
    get progress() {
      return progress;
    },
    stop: () => {
      worker.send("stop", () => {});
      return result.promise;
    },
    kill: () => void worker.kill("SIGKILL"),
  };
}
