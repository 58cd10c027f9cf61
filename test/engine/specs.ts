import type { ResourceSpec } from "./harness.ts";

type Options = ResourceSpec["options"];

export const network = (name: string, args: object = {}, options?: Options): ResourceSpec => ({
  kind: "network",
  name,
  args: { name, ...args },
  ...(options && { options }),
});

export const command = (name: string, args: object = {}, options?: Options): ResourceSpec => ({
  kind: "command",
  name,
  args: { create: `echo ${name}`, ...args },
  ...(options && { options }),
});
