import type Docker from "dockerode";
import { readFileIn, writeFilesIn } from "./container-files.ts";
import type { FilesGoal } from "./goal.ts";

/** What the last operation left beside the files. */
export interface FilesMarker {
  /** Hash of the goal that was reached; empty: none was yet. */
  readonly goal: string;
  readonly epoch: string;
  /** The operation under way, or one that died. */
  readonly pending: { readonly epoch: string; readonly goal: string; readonly since: string } | null;
}

export interface FilesState {
  /** null: there is none, such as in a container just made. */
  readonly marker: FilesMarker | null;
  /** Files that are there with another content, or missing. */
  readonly differing: readonly string[];
}

/** Reads marker and files of a container; undefined: it is not there. It changes nothing. */
export async function readFilesState(docker: Docker, goal: FilesGoal): Promise<FilesState | undefined> {
  if (!(await exists(docker, goal.container))) return undefined;
  const [text, ...contents] = await Promise.all(
    [goal.marker, ...goal.files.map(({ path }) => path)].map((path) => readFileIn(docker, goal.container, path)),
  );
  const differing = goal.files.filter(({ content }, at) => contents[at] !== content).map(({ path }) => path);
  return { marker: text === undefined ? null : parsed(text), differing };
}

export async function writeMarker(docker: Docker, goal: FilesGoal, marker: FilesMarker): Promise<void> {
  const content = `${JSON.stringify(marker)}\n`;
  await writeFilesIn(docker, goal.container, [{ path: goal.marker, content, mode: 0o444, uid: 0 }]);
}

/** @throws when another operation has begun since */
export async function expectPending(docker: Docker, goal: FilesGoal, epoch: string): Promise<FilesMarker> {
  const text = await readFileIn(docker, goal.container, goal.marker);
  const marker = text === undefined ? null : parsed(text);
  if (marker?.pending?.epoch === epoch) return marker;
  throw new Error(
    `expected epoch ${epoch} to be pending in ${goal.container}, got ${marker?.pending?.epoch ?? "none"}; another operation has begun since`,
  );
}

async function exists(docker: Docker, container: string): Promise<boolean> {
  try {
    await docker.getContainer(container).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

function parsed(text: string): FilesMarker | null {
  try {
    return JSON.parse(text) as FilesMarker;
  } catch {
    return null;
  }
}
