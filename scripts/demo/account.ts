import type { Project } from "../project.ts";
import { indented } from "./story.ts";

/** What is left of it all: the history of the stack's changes, and the report of the last incident. */
export async function showAccount(project: Project, say: (line: string) => void): Promise<void> {
  say("\n== Who did what, and what it took");
  for (const verb of ["history", "incident"]) {
    say(`$ switchback ${verb}`);
    say(indented((await project.ok(verb)).stdout));
  }
}
