import type { Rule } from "./rules.ts";

const oneTarget: Rule = ({ targetBackup, targetTime, targetLsn }, errors) => {
  const set = Object.entries({ targetBackup, targetTime, targetLsn }).filter(([, value]) => value !== undefined);
  if (set.length < 2) return;
  const rest = set.slice(1).map(([key]) => `pulumi config rm ${key}`);
  errors.push(
    `${set[0]![0]}: expected one target, got ${set.map(([key, value]) => `${key} ${value}`).join(" and ")}; keep one: ${rest.join(" && ")}`,
  );
};

const targetNeedsDatabase: Rule = (config, errors) => {
  if (config.database) return;
  for (const key of ["targetBackup", "targetTime", "targetLsn", "generation"] as const) {
    if (config[key] !== undefined)
      errors.push(
        `${key}: expected the stack to have a \`database\`, got none; remove the key: pulumi config rm ${key}`,
      );
  }
};

const generationOfLsn: Rule = ({ targetGeneration, targetLsn }, errors) => {
  if (targetGeneration === undefined || targetLsn !== undefined) return;
  errors.push(
    `targetGeneration: expected a targetLsn beside it, got none; a time or a name says its generation itself: pulumi config rm targetGeneration`,
  );
};

const drillNeedsTarget: Rule = ({ drill, targetBackup, targetTime, targetLsn }, errors) => {
  if (!drill || (targetBackup ?? targetTime ?? targetLsn) !== undefined) return;
  errors.push(
    "drill: expected a target to rehearse (targetBackup, targetTime or targetLsn), got none; set one, or: pulumi config rm drill",
  );
};

/** Conditions across the keys of level 3. */
export const recoveryRules: readonly Rule[] = [oneTarget, targetNeedsDatabase, generationOfLsn, drillNeedsTarget];
