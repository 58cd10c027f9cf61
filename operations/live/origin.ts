import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Where a change comes from, beside the user who makes it. */
export interface Origin {
  /** Author of the commit at HEAD; absent outside git. */
  readonly gitAuthor?: string;
  /** Commit at HEAD. */
  readonly commit?: string;
  /** What CI ran it: its name and the address of the run, as far as the environment tells. */
  readonly ci?: string;
}

const run = promisify(execFile);

/** Never fails: without git and CI it says less. */
export async function origin(env: NodeJS.ProcessEnv = process.env): Promise<Origin> {
  const ci = ciOf(env);
  const log = await run("git", ["log", "-1", "--format=%H%n%an <%ae>"], { env, timeout: 2000 }).then(
    ({ stdout }) => stdout.trim().split("\n"),
    () => undefined,
  );
  const [commit, gitAuthor] = log ?? [];
  return { ...(gitAuthor && { gitAuthor }), ...(commit && { commit }), ...(ci && { ci }) };
}

/** The CI that the environment is of; undefined: none. */
export function ciOf(env: NodeJS.ProcessEnv): string | undefined {
  const by = (name: string, ...parts: readonly (string | undefined)[]) => [name, ...parts.filter(Boolean)].join(" ");
  if (env.GITHUB_ACTIONS)
    return by(
      "github",
      `${env.GITHUB_SERVER_URL}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`,
      env.GITHUB_ACTOR,
    );
  if (env.GITLAB_CI) return by("gitlab", env.CI_JOB_URL, env.GITLAB_USER_LOGIN);
  if (env.JENKINS_URL) return by("jenkins", env.BUILD_URL, env.BUILD_USER_ID);
  if (env.BUILDKITE) return by("buildkite", env.BUILDKITE_BUILD_URL, env.BUILDKITE_BUILD_CREATOR);
  return env.CI && env.CI !== "false" ? by("ci") : undefined;
}
