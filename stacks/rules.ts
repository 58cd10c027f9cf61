import { databaseRules } from "./rules-database.ts";
import { decisionRules } from "./rules-decision.ts";
import { notificationsRule } from "./rules-notifications.ts";
import { platformRules } from "./rules-platform.ts";
import { recoveryRules } from "./rules-recovery.ts";
import { validationRules } from "./rules-validation.ts";
import { colors, type StackConfig } from "./schema.ts";

/** A condition across several keys: pushes one sentence per problem. */
export type Rule = (config: StackConfig, errors: string[]) => void;

const activeColorDeclared: Rule = ({ activeColor, colors: declared }, errors) => {
  if (declared[activeColor]) return;
  errors.push(
    `colors.${activeColor}: expected the active color to be declared, got null; set colors.${activeColor}.imageTag, or choose the other activeColor`,
  );
};

const canaryNeedsBothColors: Rule = ({ colors: declared, router }, errors) => {
  if (router.canary.percent === 0 || colors.every((color) => declared[color])) return;
  errors.push(
    `router.canary.percent: expected 0 while a color is absent, got ${router.canary.percent}; declare both colors first`,
  );
};

const slotsUnique: Rule = ({ services }, errors) => {
  const owners = new Map<number, string>();
  for (const [name, { slot }] of Object.entries(services)) {
    const owner = owners.get(slot);
    if (owner)
      errors.push(
        `services.${name}.slot: expected a slot of its own, got ${slot}, which ${owner} has; choose a free one`,
      );
    owners.set(slot, name);
  }
};

const routesUnique: Rule = ({ services }, errors) => {
  const owners = new Map<string, string>();
  for (const [name, { route }] of Object.entries(services)) {
    if (!route) continue;
    const key = `${route.host ?? "*"}${route.path}`;
    const owner = owners.get(key);
    if (owner)
      errors.push(`services.${name}.route: expected a host and path of its own, got ${key}, which ${owner} has`);
    owners.set(key, name);
  }
};

const someServiceRouted: Rule = ({ services }, errors) => {
  if (Object.values(services).some((service) => service.route)) return;
  errors.push(
    'services: expected at least one service with a route, got none; add `route: {path: "/"}` to the one that answers requests',
  );
};

const webSocketsRouted: Rule = ({ services }, errors) => {
  for (const [name, { route, webSockets }] of Object.entries(services)) {
    const outside = webSockets.filter((path) => !route || !path.startsWith(route.path));
    if (outside.length > 0) {
      errors.push(
        `services.${name}.webSockets: expected paths under the service's route ${route?.path ?? "(none)"}, got ${outside.join(", ")}`,
      );
    }
  }
};

const secretsDeclared: Rule = ({ services, colors: declared, secrets }, errors) => {
  const check = (path: string, wanted: Readonly<Record<string, string>> = {}) => {
    for (const [file, key] of Object.entries(wanted)) {
      if (key in secrets) continue;
      errors.push(
        `${path}.secrets.${file}: expected a key of secrets, got "${key}"; run \`pulumi config set --secret --path secrets.${key}\``,
      );
    }
  };
  for (const [name, service] of Object.entries(services)) check(`services.${name}`, service.secrets);
  for (const color of colors) {
    for (const [name, override] of Object.entries(declared[color]?.services ?? {}))
      check(`colors.${color}.services.${name}`, override.secrets);
  }
};

const overridesNameServices: Rule = ({ services, colors: declared }, errors) => {
  for (const color of colors) {
    for (const name of Object.keys(declared[color]?.services ?? {})) {
      if (!(name in services))
        errors.push(
          `colors.${color}.services.${name}: expected a name of services (${Object.keys(services).join(", ")})`,
        );
    }
  }
};

const subnetPrivate: Rule = ({ network }, errors) => {
  const [a, b, c] = network.subnet.split(".").map(Number) as [number, number, number];
  const isPrivate = a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
  if (!isPrivate || b > 255 || c > 255 || c % 4 !== 0) {
    errors.push(
      `network.subnet: expected a private /22 whose third number is a multiple of 4, such as 10.83.0.0/22, got ${network.subnet}`,
    );
  }
};

/** Every rule; all run, so that all problems are told at once. */
export const rules: readonly Rule[] = [
  activeColorDeclared,
  canaryNeedsBothColors,
  slotsUnique,
  routesUnique,
  someServiceRouted,
  webSocketsRouted,
  secretsDeclared,
  ...databaseRules,
  ...recoveryRules,
  ...decisionRules,
  overridesNameServices,
  subnetPrivate,
  ...platformRules,
  ...validationRules,
  notificationsRule,
];
