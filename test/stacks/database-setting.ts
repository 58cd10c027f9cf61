import { firstCatalogue } from "../../operations/generations/format.ts";
import type { Pointer, RouterFile } from "../../operations/router/goal.ts";
import { planDatabase } from "../../stacks/database-plan.ts";
import { acceptedBy, type Migration } from "../../stacks/lineage.ts";
import { loadStack } from "../../stacks/load.ts";
import type { ColorPlan, StackPlan } from "../../stacks/plan.ts";
import type { Live } from "../../stacks/probe.ts";
import type { LiveDatabase } from "../../stacks/probe-database.ts";
import type { ColorName } from "../../stacks/schema.ts";
import { rawConfig } from "./fixtures.ts";

const migration = (id: string, kind: Migration["kind"], down: Migration["down"]): Migration => ({
  id,
  name: `${id}_step`,
  kind,
  down,
  loses: down === "lossy" ? [`orders.c${id}`] : [],
  hash: id,
  up: "",
  downSql: "",
  verify: null,
});

/** Four migrations; the fourth is a contract whose way back loses values. */
export const lineage = {
  migrations: [
    migration("1", "expand", "lossy"),
    migration("2", "expand", "reversible"),
    migration("3", "expand", "reversible"),
    migration("4", "contract", "lossy"),
  ],
};

const schemas: Readonly<Record<string, { target: string; min: string }>> = {
  "1.0.0": { target: "1", min: "1" },
  "1.1.0": { target: "2", min: "2" },
  "2.0.0": { target: "3", min: "3" },
  "2.1.0": { target: "4", min: "4" },
};

export interface DatabaseSetting {
  readonly active: ColorName;
  readonly releases: Readonly<Record<ColorName, string>>;
  /** Releases that run now; default: the wanted ones. */
  readonly running?: Readonly<Record<ColorName, string>>;
  /** Who serves now; default: the active color. */
  readonly serving?: ColorName;
  /** Head of the live database; undefined: it does not answer. */
  readonly head: string | undefined;
  readonly open?: Readonly<Record<ColorName, boolean>>;
  readonly recordedHead?: string;
  readonly marker?: Partial<NonNullable<RouterFile["marker"]>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly database?: Partial<Extract<LiveDatabase["database"], { value: unknown }>["value"]>;
}

const reachable = {
  reachable: true as const,
  systemIdentifier: "1",
  timeline: 1,
  inRecovery: false,
  startedAt: "",
  bytes: 1,
  archive: { gap: false, repository: "0", lastArchived: "0" } as never,
  base: { label: "20260101-000000F" } as never,
  baseAgeHours: 1,
  marker: null,
};

/** The plan and the live system of a stack with a database, as far as the schema is concerned. */
export function databaseSetting(setting: DatabaseSetting): { plan: StackPlan; live: Live } {
  const { active, releases } = setting;
  const { config, errors } = loadStack(
    rawConfig({
      activeColor: active,
      database: { name: "orders", secret: "database" },
      secrets: { database: "a secret of sixteen" },
      ...setting.config,
    }),
  );
  if (!config) throw new Error(errors.join("\n"));
  const color = (name: ColorName): ColorPlan => ({
    color: name,
    network: { name, subnet: "", gateway: "", router: "" },
    release: releases[name],
    set: undefined,
    accepts: { ...acceptedBy(lineage, schemas[releases[name]]), target: schemas[releases[name]]?.target },
    services: [],
    smoke: [],
  });
  const database = planDatabase("test", config, firstCatalogue("2026-01-01T00:00:00Z"), []);
  if (!database) throw new Error("expected a database");
  const plan: StackPlan = {
    stack: "test",
    config,
    colors: { blue: color("blue"), green: color("green") },
    platformNetwork: { name: "test-platform", subnet: "", gateway: "", router: "" },
    platform: { id: "platform-1", nginx: "", maintenancePage: "", tls: undefined, services: {} },
    platformServices: [],
    certificate: undefined,
    cache: undefined,
    database: { ...database, lineage },
  };
  return { plan, live: liveSystem(setting) };
}

function liveSystem({ active, releases, head, ...setting }: DatabaseSetting): Live {
  const pointer: Pointer = {
    color: setting.serving ?? active,
    mode: "serve",
    canary: { percent: 0, sticky: false },
    releases: setting.running ?? releases,
    retryAfterSeconds: 30,
  };
  const marker = { goal: "g", pointer, epoch: "e", pending: null, ...setting.marker };
  const file = { pointer, marker, override: null, hold: null, since: "" };
  const open = setting.open ?? { blue: true, green: true };
  const pooler = {
    file: { open, pending: null, marker: null, fence: null, pause: null } as never,
    acting: { open, fence: null, pause: null },
    entries: [],
  };
  return {
    docker: { value: true },
    containers: { value: new Map() },
    router: { value: { kind: "read", file, memory: pointer } as never },
    owner: { value: undefined },
    health: { value: [] },
    images: { value: new Map() },
    database: {
      database:
        head === undefined
          ? { value: { reachable: false, absent: false, reason: "stopped", ...setting.database } as never }
          : { value: { ...reachable, ...setting.database } as never },
      pooler: { value: { kind: "read", ...pooler } },
      schema:
        head === undefined
          ? { unknown: "stopped" }
          : { value: { head, applied: [], marker: null, usedAllowances: {} } },
      recordedHead: setting.recordedHead,
    },
  };
}
