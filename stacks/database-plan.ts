import type { Catalogue } from "../operations/generations/format.ts";
import { type FileVolume, savedVolumes } from "./file-volumes.ts";
import { type GenerationsPlan, planGenerations } from "./generations.ts";
import { knows, type Lineage, readLineage } from "./lineage.ts";
import { rolePassword, scramVerifier } from "./passwords.ts";
import { type PoolerPlan, planPooler, poolerPort } from "./pooler-plan.ts";
import { type ColorName, colors, type StackConfig } from "./schema.ts";
import type { DatabaseConfig } from "./schema-database.ts";

export interface DatabaseRole {
  readonly name: string;
  /** SCRAM-SHA-256 verifier; undefined: the role cannot log in. */
  readonly verifier: string | undefined;
}

/** Everything the database and its pooler are to be. */
export interface DatabasePlan {
  readonly config: DatabaseConfig;
  /** Name of the database. */
  readonly name: string;
  /** What the stack knows of its generations, before this run. */
  readonly catalogue: Catalogue;
  readonly generations: GenerationsPlan;
  readonly backupVolume: string;
  /** Volumes of the services, which are saved with it; their names are those with which the stack began. */
  readonly files: readonly FileVolume[];
  /** pgBackRest's options of another repository than the volume: a secret. Undefined: the volume. */
  readonly repository?: string | undefined;
  readonly roles: {
    /** Owns the database and its objects; no login. */
    readonly owner: DatabaseRole;
    /** The only one with DDL: a member of the owner. */
    readonly migrator: DatabaseRole;
    /** Holds what both colors may do; no login. */
    readonly app: DatabaseRole;
    readonly blue: DatabaseRole;
    readonly green: DatabaseRole;
  };
  readonly pooler: PoolerPlan;
  readonly lineage: Lineage;
  /** URL of each color's entry: a secret. */
  readonly urls: Readonly<Record<ColorName, string>>;
}

/** Plans the database of a stack, or pushes to `errors`; undefined: it has none. Its secrets have been checked by a rule. */
export function planDatabase(
  stack: string,
  config: StackConfig,
  catalogue: Catalogue,
  errors: string[],
): DatabasePlan | undefined {
  const { database } = config;
  if (!database) return undefined;
  const { name } = database;
  const lineage = readLineage(database.migrations.folder, errors);
  const { schemaVersion } = config;
  if (schemaVersion !== undefined && !knows(lineage, schemaVersion))
    errors.push(
      `schemaVersion: expected a migration of ${database.migrations.folder} (${lineage.migrations.map(({ id }) => id).join(", ") || "there is none"}), got ${schemaVersion}`,
    );
  const login = (role: string, secret: string): DatabaseRole => ({
    name: role,
    verifier: scramVerifier(secret, stack, role),
  });
  const group = (role: string): DatabaseRole => ({ name: role, verifier: undefined });
  const { subnet } = config.network;
  const user = (color: ColorName) => {
    const role = `${name}_${color}`;
    const secret = colorSecret(config, color);
    return { role, secret, password: rolePassword(secret, stack, role) };
  };
  const url = (color: ColorName) => {
    const { role, password } = user(color);
    return `postgresql://${role}:${password}@pooler:${poolerPort}/${role}`;
  };
  const ofColor = (color: ColorName) => login(user(color).role, user(color).secret);
  return {
    config: database,
    name,
    catalogue,
    generations: planGenerations(stack, subnet, catalogue),
    backupVolume: `${stack}-backups`,
    files: savedVolumes(stack, config),
    repository: renderRepository(config, errors),
    roles: {
      owner: group(`${name}_owner`),
      migrator: login(`${name}_migrator`, config.secrets[database.secret] ?? ""),
      app: group(`${name}_app`),
      blue: ofColor("blue"),
      green: ofColor("green"),
    },
    pooler: planPooler(stack, subnet, colors.map(user)),
    lineage,
    urls: { blue: url("blue"), green: url("green") },
  };
}

/** What the password of a color's role is derived from. */
const colorSecret = ({ database, colors: declared, secrets }: StackConfig, color: ColorName): string =>
  secrets[declared[color]?.databaseSecret ?? database?.secret ?? ""] ?? "";

function renderRepository({ database, secrets }: StackConfig, errors: string[]): string | undefined {
  const repository = database?.backup.repository;
  if (!repository) return undefined;
  const lines = Object.entries(repository.options).map(([option, value]) => `${option}=${value}`);
  for (const [option, key] of Object.entries(repository.secrets)) {
    const value = secrets[key];
    if (value !== undefined) lines.push(`${option}=${value}`);
    else
      errors.push(
        `database.backup.repository.secrets.${option}: expected a key of secrets, got "${key}"; run \`pulumi config set --secret --path secrets.${key}\``,
      );
  }
  return `[global]\n${lines.join("\n")}\n`;
}
