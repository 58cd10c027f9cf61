import { type ConfigValue, configText, decrypted, hasSecure, showSecrets } from "../config-value.ts";
import type { OpenStack } from "./open.ts";

export interface ProgramConfig {
  /** Texts by full key, secrets in clear: for the program only. */
  readonly config: Record<string, string>;
  readonly secretKeys: string[];
  /** Every secret in clear, at whatever depth, to be hidden in what is printed. */
  readonly secretTexts: string[];
  /** Texts by full key with `[secret]` in place of secrets: for people. */
  readonly shown: Record<string, string>;
  /** As the history keeps it: secrets encrypted. */
  readonly recorded: Record<string, unknown>;
}

/** The stack's config with the project's defaults. Throws when a declared value is missing, or when a provider is to be configured. */
export function programConfig({ project, settings, secrets, name }: OpenStack): ProgramConfig {
  const values = withDefaults(settings.values(), project.declared, name);
  const foreign = [...values.keys()].find((key) => /^(docker|command):/.test(key));
  if (foreign !== undefined) {
    throw new Error(
      `config ${foreign}: the embedded engine does not configure providers; use the environment (DOCKER_HOST), or \`--engine pulumi\``,
    );
  }
  const entries = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = (change: (value: ConfigValue) => ConfigValue) =>
    Object.fromEntries(entries.map(([key, value]) => [key, configText(change(value))]));
  const secretTexts: string[] = [];
  const crypter = () => {
    const { encrypt, decrypt } = secrets.crypter();
    return {
      encrypt,
      decrypt(ciphertext: string) {
        const text = decrypt(ciphertext);
        secretTexts.push(text);
        return text;
      },
    };
  };
  return {
    secretTexts,
    config: texts((value) => (hasSecure(value) ? decrypted(value, crypter) : value)),
    secretKeys: entries
      .filter(([key, value]) => hasSecure(value) || project.declared.get(key)?.secret)
      .map(([key]) => key),
    shown: texts((value) => showSecrets(value, () => "[secret]")),
    recorded: Object.fromEntries(
      entries.map(([key, value]) => [key, typeof value === "object" ? value : configText(value)]),
    ),
  };
}

/** Stack values first; a default where the project declares one. */
export function withDefaults(
  values: ReadonlyMap<string, ConfigValue>,
  declared: OpenStack["project"]["declared"],
  stack: string,
): Map<string, ConfigValue> {
  const result = new Map(values);
  for (const [key, { value, required }] of declared) {
    if (result.has(key)) continue;
    if (required)
      throw new Error(
        `Stack '${stack}' is missing configuration value '${key}'; set it with \`switchback config set ${key} VALUE --stack ${stack}\``,
      );
    if (value !== undefined) result.set(key, value);
  }
  return result;
}
