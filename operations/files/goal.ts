import { createHash } from "node:crypto";

/** What has to hold inside and around a container that exists once per stack. */
export interface FilesGoal {
  readonly stack: string;
  /** What the journal calls it: `certificate`, `cache`, or the name of a platform service. */
  readonly part: string;
  readonly container: string;
  /** Path of the marker in the container: it lives and ends with the files. */
  readonly marker: string;
  readonly files: readonly GoalFile[];
  /** Volumes that a keeper holds, so that no prune takes them. */
  readonly keep: readonly string[];
  /** How it takes new files; null: something else sees to that. */
  readonly reload: Reload | null;
  /** Command that ends with 0 in the container once it works; null: nothing is asked. */
  readonly ready: readonly string[] | null;
}

export interface GoalFile {
  readonly path: string;
  readonly content: string;
  /** Such as 0o444. */
  readonly mode: number;
  /** Owner's uid, and gid. */
  readonly uid: number;
}

/** `url`: asked by a POST from the router's container. `command`: run in its own. */
export type Reload = { readonly signal: string } | { readonly url: string } | { readonly command: readonly string[] };

/** SHA-256, in hex, of what is reached. */
export const hashFilesGoal = ({ container, files, keep, reload }: FilesGoal): string => {
  const listed = files.map(({ path, content, mode, uid }) => [path, content, mode, uid]).sort();
  return createHash("sha256")
    .update(JSON.stringify([container, listed, keep, reload]))
    .digest("hex");
};
