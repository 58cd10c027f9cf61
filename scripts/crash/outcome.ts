import { verifyJournal } from "../../operations/journal/verify.ts";
import { connect } from "../../operations/live/docker.ts";
import { readRecord } from "../../operations/live/records.ts";
import { readRouter } from "../../operations/router/state.ts";
import type { Project } from "../project.ts";

/** What is wrong with a stack that `up` has just converged; empty: nothing. */
export async function problemsOf(project: Project, color: "blue" | "green", engine: string): Promise<string[]> {
  const docker = connect();
  const problems: string[] = [];
  const state = await readRouter(docker, project.stack);
  if (state.kind !== "read") problems.push(`expected a router that can be read, got ${state.kind}`);
  else {
    if (state.memory?.color !== color)
      problems.push(`expected the traffic on ${color}, got ${state.memory?.color ?? "nothing"}`);
    if (state.memory?.mode !== "serve")
      problems.push(`expected the router to serve, got ${state.memory?.mode ?? "nothing"}`);
    if (state.file?.marker?.pending) problems.push("expected nothing pending in the marker");
    if (state.file?.hold) problems.push("expected no hold");
  }
  const journal = verifyJournal((await readRecord(docker, project.stack, "journal.jsonl")) ?? "");
  problems.push(...journal.map((problem) => `journal: ${problem}`));
  const again = await project.switchback("preview", "--expect-no-changes", "--engine", engine);
  if (again.code !== 0)
    problems.push(`expected a second \`up\` to change nothing, got:\n${again.stdout}${again.stderr}`);
  return problems;
}
