import { selectedStack as embeddedSelection } from "../engine/operations/open.ts";
import { loadProject } from "../engine/project.ts";
import { cliEnvironment, selectedStack } from "./pulumi.ts";

export interface Asked {
  readonly command: string;
  /** Value of --stack. */
  readonly asked: string | boolean | undefined;
  readonly cwd: string;
  /** Path of the pulumi CLI; undefined: the embedded engine. */
  readonly binary: string | undefined;
}

/** The name of the stack that a command means: that of --stack, else the one selected in the engine. Throws when neither is there. */
export function stackOf({ command, asked, cwd, binary }: Asked): string {
  if (typeof asked === "string") return asked.split("/").at(-1)!;
  const project = loadProject(cwd);
  if (binary === undefined) return embeddedSelection(project);
  const selected = selectedStack(binary, cwd, cliEnvironment(project, process.env).env);
  if (selected !== undefined) return selected.split("/").at(-1)!;
  throw new Error(`${command}: expected a stack, none is selected: pass --stack NAME, or \`pulumi stack select NAME\``);
}
