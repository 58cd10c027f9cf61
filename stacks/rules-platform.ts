import { listenerPort } from "./addresses.ts";
import type { Rule } from "./rules.ts";
import type { StackConfig } from "./schema.ts";

const platformSlotsUnique: Rule = ({ platform }, errors) => {
  const owners = new Map<number, string>();
  for (const [name, { slot }] of Object.entries(platform.services)) {
    const owner = owners.get(slot);
    if (owner)
      errors.push(
        `platform.services.${name}.slot: expected a slot of its own, got ${slot}, which ${owner} has; choose a free one`,
      );
    owners.set(slot, name);
  }
};

/** Names whose containers are Switchback's own. */
const taken =
  /^(router|records|cache|pooler|scheduler|backups|recovery|(blue|green|platform|database|migration|drain)(-.*)?)$/;

const platformNamesFree: Rule = ({ platform }, errors) => {
  for (const name of Object.keys(platform.services)) {
    if (taken.test(name))
      errors.push(
        `platform.services.${name}: expected a name that is free, got one of Switchback's own; choose another`,
      );
  }
};

const platformPorts: Rule = ({ platform }, errors) => {
  for (const [name, { port, publish, reload }] of Object.entries(platform.services)) {
    if (port !== undefined) continue;
    const asking = publish ? "publish" : reload?.http ? "reload.http" : undefined;
    if (asking)
      errors.push(`platform.services.${name}.port: expected a port for ${asking}, got none; say where it listens`);
  }
};

const platformSecretsDeclared: Rule = ({ platform, secrets }, errors) => {
  for (const [name, service] of Object.entries(platform.services)) {
    for (const [file, key] of Object.entries(service.secrets)) {
      if (key in secrets) continue;
      errors.push(
        `platform.services.${name}.secrets.${file}: expected a key of secrets, got "${key}"; run \`pulumi config set --secret --path secrets.${key}\``,
      );
    }
  }
};

const hostPortsUnique: Rule = (config, errors) => {
  const owners = new Map([[`${config.router.bind}:${config.router.port}`, "router.port"]]);
  for (const [path, bind, port] of published(config)) {
    const key = `${bind}:${port}`;
    const owner = owners.get(key);
    if (owner)
      errors.push(`${path}: expected a host port of its own, got ${key}, which ${owner} has; choose a free one`);
    owners.set(key, path);
  }
  const inside = new Map<number, string>();
  for (const [name, { port }] of Object.entries(config.router.listeners)) {
    const owner = inside.get(listenerPort(port));
    if (owner) errors.push(`router.listeners.${name}.port: expected another port than that of ${owner}, got ${port}`);
    inside.set(listenerPort(port), name);
  }
};

const published = ({ router, platform }: StackConfig): [string, string, number][] => [
  ...Object.entries(router.listeners).map(([name, { bind, port }]): [string, string, number] => [
    `router.listeners.${name}.port`,
    bind,
    port,
  ]),
  ...Object.entries(platform.services).flatMap(([name, { publish }]): [string, string, number][] =>
    publish ? [[`platform.services.${name}.publish.port`, publish.bind, publish.port]] : [],
  ),
];

const cacheSecretDeclared: Rule = ({ cache, secrets }, errors) => {
  if (!cache || (secrets[cache.secret] ?? "").length >= 16) return;
  errors.push(
    `cache.secret: expected a key of secrets with at least 16 characters, got "${cache.secret}"; run \`openssl rand -base64 24 | pulumi config set --secret --path secrets.${cache.secret}\``,
  );
};

const cacheDeclared: Rule = ({ cache, services }, errors) => {
  for (const [name, service] of Object.entries(services)) {
    if (service.cache && !cache)
      errors.push(`services.${name}.cache: expected the stack to have a \`cache\`, got none; declare it`);
  }
};

/** Rules of what exists once per stack. */
export const platformRules: readonly Rule[] = [
  platformSlotsUnique,
  platformNamesFree,
  platformPorts,
  platformSecretsDeclared,
  hostPortsUnique,
  cacheSecretDeclared,
  cacheDeclared,
];
