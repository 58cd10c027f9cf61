import { readChoice } from "../decision/answers.ts";
import { disorder, type ProfileName, profileNames, type Thresholds, thresholdsOf } from "../decision/profiles.ts";

/**
 * The thresholds that a stack's config chooses, or those of a profile.
 * @param profile of --profile, without the stack's own thresholds
 * @param stack unset: the default's
 * @throws when the profile is none, or the config is wrong
 */
export async function readThresholds(
  cwd: string,
  stack: string | undefined,
  profile: string | undefined,
): Promise<Thresholds> {
  if (profile !== undefined) return thresholdsOf(chosen(profile));
  const [{ decision }, { describeIssues }] = await Promise.all([
    import("../stacks/schema-decision.ts"),
    import("../stacks/issues.ts"),
  ]);
  const raw = stack === undefined ? undefined : await configured(cwd, stack);
  const read = decision.safeParse(raw);
  if (!read.success) throw new Error(describeIssues(read.error.issues, raw, "decision.").join("\n"));
  const thresholds = thresholdsOf(read.data.profile, read.data.thresholds);
  const problems = disorder(thresholds);
  if (problems.length > 0) throw new Error(problems.map((problem) => `decision.thresholds.${problem}`).join("\n"));
  return thresholds;
}

function chosen(profile: string): ProfileName {
  try {
    return readChoice(profileNames)(profile);
  } catch (error) {
    throw new Error(`--profile: ${(error as Error).message}`);
  }
}

/** What `Pulumi.<stack>.yaml` says of it; it holds no secret. */
async function configured(cwd: string, stack: string): Promise<unknown> {
  const [{ loadProject }, { Settings }] = await Promise.all([
    import("../engine/project.ts"),
    import("../engine/settings.ts"),
  ]);
  const project = loadProject(cwd);
  return new Settings(project.root, stack, project.name).get("decision", false);
}
