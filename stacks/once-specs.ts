import { createHash } from "node:crypto";
import { renderCache } from "../components/cache-conf.ts";
import { renderParameters } from "../components/database-conf.ts";
import { renderPooler } from "../components/pooler-conf.ts";
import type { CachePlan } from "./cache-plan.ts";
import type { DatabasePlan } from "./database-plan.ts";
import { fingerprint } from "./fingerprint.ts";
import type { GenerationPlan } from "./generations.ts";
import type { StackPlan } from "./plan.ts";

// Hashes of what makes the containers that exist once per stack, as their label `switchback.spec`: another one means that the
// container is made anew. What reaches a running one, such as the database's memory, is no part of it.

export const routerSpec = ({ config, colors, platformNetwork }: StackPlan, image: string): string => {
  const { bind, port, listeners } = config.router;
  const addresses = [colors.blue.network.router, colors.green.network.router, platformNetwork.router];
  return specOf([image, bind, port, Object.values(listeners).map((one) => [one.bind, one.port]), addresses]);
};

export const poolerSpec = ({ name, config, pooler }: DatabasePlan, image: string): string => {
  const { session } = config.pooler;
  const addresses = [pooler.firstAddress, pooler.addresses];
  return specOf([image, name, session, renderPooler(config.pooler), addresses]);
};

export const databaseSpec = (
  stack: string,
  { config, backupVolume, repository }: DatabasePlan,
  { name, container, address }: GenerationPlan,
  image: string,
): string => {
  const elsewhere = repository === undefined ? "" : fingerprint(stack, { repository });
  return specOf([image, name, container, address, backupVolume, renderParameters(config), elsewhere]);
};

export const cacheSpec = ({ image, config, addresses }: CachePlan): string =>
  specOf([image.reference, renderCache(config), config.memoryMb, addresses]);

const specOf = (parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
