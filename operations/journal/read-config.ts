import type { z } from "zod";
import { loadProject } from "../../engine/project.ts";
import { Settings } from "../../engine/settings.ts";

/** A key of the stack's file that holds no secret, checked; its default where the file does not say it. @throws naming the key */
export function readKey<Schema extends z.ZodType>(stack: string, key: string, schema: Schema): z.output<Schema> {
  const { root, name } = loadProject(process.cwd());
  const result = schema.safeParse(new Settings(root, stack, name).values().get(`${name}:${key}`));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${[key, ...(issue?.path ?? [])].join(".")}: ${issue?.message}`);
}
