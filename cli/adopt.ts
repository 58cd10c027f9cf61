import { flag } from "./flags.ts";
import { runOperation } from "./operation.ts";
import type { Verb } from "./verb.ts";

/** Makes the engine and its state the owner of the live stack. */
export const adopt: Verb = {
  summary: "make this engine and its state the owner of the live stack",
  flags: { yes: flag("y") },
  run: (call) =>
    runOperation({
      operation: "adopt",
      cwd: call.cwd,
      engine: call.engine,
      args: (project) => [project, call.stack()],
    }),
};
