import type { Catalogue } from "../operations/generations/format.ts";
import { databaseAddress, poolerAddresses } from "./addresses.ts";
import { type FileVolume, savedVolumes } from "./file-volumes.ts";
import { type GenerationsPlan, planGenerations } from "./generations.ts";
import { knows, type Lineage, readLineage } from "./lineage.ts";
import { rolePassword, scramVerifier } from "./passwords.ts";
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
  readonly pooler: {
    readonly container: string;
    readonly volume: string;
    /** Fixed addresses in the networks of the colors and of the platform. */
    readonly addresses: Readonly<Record<ColorName | "platform", string>>;
    /** Where its entries point before the first promotion. */
    readonly firstAddress: string;
    /** PgBouncer's auth_file: a secret. */
    readonly userlist: string;
  };
  readonly lineage: Lineage;
  /** URL of each color's entry: a secret. */
  readonly urls: Readonly<Record<ColorName, string>>;
}

/** The port on which the pooler listens in every network. */
export const poolerPort = 6432;

/** Plans the database of a stack, or pushes to `errors`; undefined: it has none. The secret has been checked by a rule. */
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
  const secret = config.secrets[database.secret] ?? "";
  const login = (role: string): DatabaseRole => ({ name: role, verifier: scramVerifier(secret, stack, role) });
  const group = (role: string): DatabaseRole => ({ name: role, verifier: undefined });
  const { subnet } = config.network;
  const userlist = colors
    .map((color) => `"${name}_${color}" "${rolePassword(secret, stack, `${name}_${color}`)}"\n`)
    .join("");
  const url = (color: ColorName) => {
    const role = `${name}_${color}`;
    return `postgresql://${role}:${rolePassword(secret, stack, role)}@pooler:${poolerPort}/${role}`;
  };
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
      migrator: login(`${name}_migrator`),
      app: group(`${name}_app`),
      blue: login(`${name}_blue`),
      green: login(`${name}_green`),
    },
    pooler: {
      container: `${stack}-pooler`,
      volume: `${stack}-pooler`,
      addresses: poolerAddresses(subnet),
      firstAddress: databaseAddress(subnet, 0),
      userlist,
    },
    lineage,
    urls: { blue: url("blue"), green: url("green") },
  };
}

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
