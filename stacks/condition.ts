import type { Condition } from "./verdict.ts";

const condition =
  (answer: Condition["answer"]) =>
  (name: string, detail: string): Condition => ({ name, answer, detail });

export const yes = condition("yes");
export const no = condition("no");
export const unknown = condition("unknown");
