import { execFile } from "node:child_process";
import { userInfo } from "node:os";
import { promisify } from "node:util";
import { engineVersion } from "../checkpoint.ts";

const run = promisify(execFile);

export interface Surroundings {
  /** Keys as pulumi names them in its history. */
  readonly environment: Record<string, string>;
  /** Title of the commit at HEAD, "" outside git: the message of an operation that names none. */
  readonly title: string;
}

/** What the history says of where an operation ran: git, who, which engine. Never fails: without git it says less. */
export async function surroundings(root: string, env: NodeJS.ProcessEnv): Promise<Surroundings> {
  const git = (...args: string[]) =>
    run("git", args, { cwd: root, env }).then(
      ({ stdout }) => stdout.trim(),
      () => undefined,
    );
  const [log, head, status] = await Promise.all([
    git("log", "-1", "--format=%H%n%cn%n%ce%n%an%n%ae%n%s"),
    git("symbolic-ref", "-q", "HEAD"),
    git("status", "--porcelain", "--untracked-files=no"),
  ]);
  const environment: Record<string, string> = {
    "exec.kind": "switchback",
    "pulumi.version": engineVersion,
    "switchback.engine": "embedded",
    "switchback.actor": env.SWITCHBACK_ACTOR || userInfo().username,
  };
  if (log === undefined) return { environment, title: "" };
  const [commit = "", committer = "", committerEmail = "", author = "", authorEmail = "", title = ""] = log.split("\n");
  Object.assign(environment, {
    "git.head": commit,
    ...(head !== undefined && { "git.headName": head }),
    "git.dirty": String(status !== ""),
    "git.committer": committer,
    "git.committer.email": committerEmail,
    "git.author": author,
    "git.author.email": authorEmail,
  });
  return { environment, title };
}
