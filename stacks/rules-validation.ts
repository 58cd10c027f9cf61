import type { Rule } from "./rules.ts";
import type { StackConfig } from "./schema.ts";

const checksOfServices: Rule = ({ validation, services, platform }, errors) => {
  const known = [...Object.keys(services), ...Object.keys(platform.services)];
  for (const name of Object.keys(validation.services)) {
    if (!known.includes(name))
      errors.push(
        `validation.services.${name}: expected a name of services or platform.services (${known.join(", ")})`,
      );
  }
};

const checksHaveWhatTheyAsk: Rule = (config, errors) => {
  for (const [name, { checks, version }] of Object.entries(config.validation.services)) {
    const path = `validation.services.${name}`;
    const port = portOf(config, name);
    if (version !== undefined && !(name in config.services))
      errors.push(`${path}.version: expected a service that follows a release, got one of the platform; remove it`);
    for (const [check, { sql, http, websocket, tcp }] of Object.entries(checks)) {
      if (sql !== undefined && !config.database)
        errors.push(`${path}.checks.${check}.sql: expected a stack with \`database\`, got one without; remove it`);
      const asked = http ?? websocket;
      if (asked?.via === "router" && !config.services[name]?.route)
        errors.push(`${path}.checks.${check}: expected a service with a route for \`via: router\`, got none`);
      if (port === undefined && (asked?.via === "service" || (tcp && tcp.port === undefined)))
        errors.push(
          `${path}.checks.${check}: expected the port of ${name}, got none; set platform.services.${name}.port`,
        );
    }
  }
};

const portOf = ({ services, platform }: StackConfig, name: string): number | undefined =>
  services[name]?.port ??
  platform.services[name]?.port ??
  (name in services || name in platform.services ? undefined : 0);

export const validationRules: readonly Rule[] = [checksOfServices, checksHaveWhatTheyAsk];
