import { askedRecovery } from "../../stacks/recovery/request.ts";
import { otherColor } from "../../stacks/schema.ts";
import type { RollbackFacts } from "./facts.ts";

/** One value of the stack's config that changes. */
export interface Edit {
  /** As `config set --path` takes it. */
  readonly key: string;
  /** undefined: the key is not there. */
  readonly from: unknown;
  /** undefined: the key goes. */
  readonly to: string | number | boolean | undefined;
}

/** Which data come back. */
export type DataAim =
  | { readonly kind: "backup"; readonly name: string }
  | { readonly kind: "time"; readonly at: string }
  | { readonly kind: "generation"; readonly name: string };

/** Where a rollback goes. */
export interface Aim {
  /** undefined: the release that serves stays. */
  readonly release: string | undefined;
  /** undefined: the data stay. */
  readonly data: DataAim | undefined;
}

/**
 * The config that an aim is, as edits of the one that there is.
 * @param allowLoss entries of `allowDataLoss`: migration or generation to the most that may be lost
 * @throws when nobody knows who serves
 */
export function editsFor(aim: Aim, facts: RollbackFacts, allowLoss: Readonly<Record<string, number>> = {}): Edit[] {
  const { config } = facts;
  const canary = config.router.canary.percent;
  const edits: Edit[] = [
    ...(aim.release === undefined ? [] : releaseEdits(aim.release, facts)),
    ...(canary > 0 ? [{ key: "router.canary.percent", from: canary, to: 0 }] : []),
    ...(aim.data ? dataEdits(aim.data, facts) : []),
    ...Object.entries(allowLoss).map(([name, most]) => ({
      key: `allowDataLoss["${name}"]`,
      from: config.allowDataLoss[name],
      to: most,
    })),
  ];
  return edits.filter(({ from, to }) => from !== to);
}

function releaseEdits(release: string, facts: RollbackFacts): Edit[] {
  const { config, serving, head } = facts;
  if (!serving) throw new Error("expected to know which color serves, got no answer of the router; start it first");
  const stays = serving.release === release;
  const color = stays ? serving.color : otherColor(serving.color);
  const declared = config.colors[color];
  const renamed = declared?.imageTag !== release;
  const { schemaVersion } = config;
  const fits = schemaVersion === undefined || facts.releases.get(release)?.accepts.accepts(schemaVersion) === true;
  return [
    { key: `colors.${color}.imageTag`, from: declared?.imageTag, to: release },
    // The release names its own set.
    ...(renamed && declared?.releaseSet !== undefined
      ? [{ key: `colors.${color}.releaseSet`, from: declared.releaseSet, to: undefined }]
      : []),
    { key: "activeColor", from: config.activeColor, to: color },
    // The schema follows the release.
    ...(fits || head === undefined ? [] : [{ key: "schemaVersion", from: schemaVersion, to: undefined }]),
  ];
}

function dataEdits(data: DataAim, facts: RollbackFacts): Edit[] {
  const { config } = facts;
  const wanted: Record<string, string | undefined> = {
    targetBackup: data.kind === "backup" ? data.name : undefined,
    targetTime: data.kind === "time" ? data.at : undefined,
    targetLsn: undefined,
    targetGeneration: undefined,
    generation: data.kind === "generation" ? data.name : undefined,
  };
  const recoveryId = data.kind === "generation" ? config.recoveryId : freshId(wanted, facts);
  const targets = Object.entries({ ...wanted, recoveryId }).map(([key, to]) => ({
    key,
    from: config[key as keyof typeof config],
    to,
  }));
  return [...targets, ...(config.drill ? [{ key: "drill", from: true, to: undefined }] : [])];
}

/** A target that was recovered once is another request under another id. */
function freshId(target: Record<string, string | undefined>, { recovery, config, now }: RollbackFacts) {
  const keys = { targetBackup: target.targetBackup, targetTime: target.targetTime, drill: false };
  const asked = askedRecovery({ ...keys, recoveryId: config.recoveryId });
  const done = recovery?.catalogue.requests.some(({ hash, state }) => hash === asked?.hash && state === "done");
  return done ? `rollback-${now.replace(/[-:]|\.\d+/g, "")}` : config.recoveryId;
}

/** The edits as a diff, two lines for a value that changes. */
export const renderEdits = (edits: readonly Edit[]): string[] =>
  edits.flatMap(({ key, from, to }) => [
    ...(from === undefined ? [] : [`- ${key}: ${String(from)}`]),
    ...(to === undefined ? [] : [`+ ${key}: ${String(to)}`]),
  ]);

/** The edits that take these back. */
export const reversed = (edits: readonly Edit[]): Edit[] =>
  edits.toReversed().map(({ key, from, to }) => ({ key, from: to, to: from as Edit["to"] }));

/** The edits as commands. */
export const commandsFor = (edits: readonly Edit[], stack: string): string[] =>
  edits.map(({ key, to }) => {
    const path = /[.[]/.test(key) ? `--path '${key}'` : key;
    return to === undefined
      ? `switchback config rm ${path} --stack ${stack}`
      : `switchback config set ${path} ${String(to)} --stack ${stack}`;
  });
