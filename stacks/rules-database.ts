import type { Rule } from "./rules.ts";
import { colors } from "./schema.ts";

const databaseSecretDeclared: Rule = ({ database, colors: declared, secrets }, errors) => {
  const named = [
    ["database.secret", database?.secret] as const,
    ...colors.map((color) => [`colors.${color}.databaseSecret`, declared[color]?.databaseSecret] as const),
  ];
  for (const [path, key] of named) {
    if (key === undefined || (secrets[key] ?? "").length >= 16) continue;
    errors.push(
      `${path}: expected a key of secrets with at least 16 characters, got "${key}"; run \`openssl rand -base64 24 | pulumi config set --secret --path secrets.${key}\``,
    );
  }
};

const databaseDeclared: Rule = ({ database, services }, errors) => {
  for (const [name, service] of Object.entries(services)) {
    if (service.database && !database)
      errors.push(`services.${name}.database: expected the stack to have a \`database\`, got none; declare it`);
  }
};

const holdFitsPooler: Rule = ({ database, router }, errors) => {
  const { drainSeconds, maxSeconds } = router.hold;
  if (database && drainSeconds >= maxSeconds)
    errors.push(
      `router.hold.drainSeconds: expected less than router.hold.maxSeconds (${maxSeconds}), got ${drainSeconds}`,
    );
  if (database && database.pooler.queryWaitSeconds <= maxSeconds)
    errors.push(
      `database.pooler.queryWaitSeconds: expected more than router.hold.maxSeconds (${maxSeconds}), got ${database.pooler.queryWaitSeconds}; a held query would fail before the hold ends`,
    );
};

const basesStayYoung: Rule = ({ database }, errors) => {
  if (!database) return;
  const { fullHours, diffHours, incrHours, maxAgeHours } = database.backup;
  const often = Math.min(...[fullHours, diffHours, incrHours].filter((hours) => hours > 0));
  if (often < maxAgeHours) return;
  const got = Number.isFinite(often) ? `one every ${often} h` : "none";
  errors.push(
    `database.backup: expected a backup more often than every maxAgeHours (${maxAgeHours}), got ${got}; without a young base every change of the schema is refused`,
  );
};

/** Conditions across the keys of a database. */
export const databaseRules: readonly Rule[] = [
  databaseSecretDeclared,
  databaseDeclared,
  holdFitsPooler,
  basesStayYoung,
];
