import { routerFile } from "./change.ts";
import { dataMoves } from "./generations.ts";
import { withApplied } from "./lineage/applied.ts";
import {
  closedBy,
  knows,
  type Lineage,
  type Migration,
  stepsBetween,
  unnamedContracts,
  wantedHead,
} from "./lineage.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import { type ColorName, colors, otherColor } from "./schema.ts";

/** What the config asks of the schema, against the live one. */
export interface SchemaChange {
  /** Head the database is at, or was at when it was last seen; undefined: nobody knows. */
  readonly live: string | undefined;
  /** Head that is wanted. */
  readonly head: string;
  /** The files' migrations and those that only the database knows. */
  readonly lineage: Lineage;
  readonly direction: "up" | "down" | "none";
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  /** Where the migrations' files do not agree with what has run; nothing may move then. */
  readonly problems: readonly string[];
  /** Contract migrations that `schemaVersion` would have to name. */
  readonly unnamed: readonly Migration[];
  /** Whether each color's entries in the pooler are open afterwards. */
  readonly open: Readonly<Record<ColorName, boolean>>;
  /** Colors that are open now, or unknown to be, and not afterwards. */
  readonly closes: readonly ColorName[];
  /** The config goes back to what the last finished change left, while a later one is unfinished. */
  readonly goesBack: boolean;
  /** Colors that have the database and whose release, as it is to be, does not accept the live head. */
  readonly unfit: readonly ColorName[];
  /** The color that serves and has to lose the database: its requests wait. */
  readonly held: ColorName | undefined;
}

/**
 * Works out where the schema is to go; undefined: the stack has no database. One that does not exist yet goes to the
 * target of the active release, or to a later head that fits both.
 */
export function schemaChange(plan: StackPlan, live: Live): SchemaChange | undefined {
  const { database, config } = plan;
  const active = plan.colors[config.activeColor].accepts;
  if (!database || !active) return undefined;
  const { generations } = database;
  const from = dataMoves(generations) ? generations.head : liveHead(live);
  const problems: string[] = [];
  const lineage = withApplied(database.lineage, appliedIn(live), problems);
  const version = config.schemaVersion ?? (from === "" ? firstHead(plan) : undefined);
  const known = from !== undefined && knows(lineage, from);
  // Where nobody knows the head, the wanted one is what can be said; nothing is moved then.
  const head = wantedHead(lineage, known ? from : (version ?? active.max), active, version);
  const steps = known ? stepsBetween(lineage, from, head) : { direction: "none" as const, migrations: [] };
  const goesBack = isGoingBack(plan, live);
  // What an unfinished change took away was never asked to stay away.
  const unnamed = known ? unnamedContracts(lineage, from, head, version ?? (goesBack ? head : undefined)) : [];
  const accepts = { blue: plan.colors.blue.accepts ?? null, green: plan.colors.green.accepts ?? null };
  const closed = closedBy(head, accepts);
  const open = { blue: isOpen("blue"), green: isOpen("green") };
  const pointer = routerFile(live)?.pointer;
  return {
    live: from,
    head,
    ...steps,
    lineage,
    problems,
    unnamed,
    goesBack,
    open,
    closes: closed.filter((color) => isOpenNow(live, color) ?? true),
    unfit: colors.filter(
      (color) => from && color !== pointer?.color && isOpenNow(live, color) && accepts[color]?.accepts(from) === false,
    ),
    held: pointer?.mode === "serve" && !open[pointer.color] ? pointer.color : undefined,
  };

  function isOpen(color: ColorName): boolean {
    return accepts[color] !== null && !closed.includes(color);
  }
}

/** Where a new database begins: at the target of the active release, or after it where only that fits the other color too. */
function firstHead({ config, colors: planned, database }: StackPlan): string | undefined {
  const active = planned[config.activeColor].accepts;
  const other = planned[otherColor(config.activeColor)].accepts;
  const heads = database?.lineage.migrations.map(({ id }) => id) ?? [];
  const from = heads.indexOf(active?.target ?? "");
  const both = heads.slice(Math.max(0, from)).find((head) => active?.accepts(head) && other?.accepts(head));
  return both ?? active?.target;
}

/** Head of the live database; where it does not answer, the one that was recorded last. "": there has been none yet. */
export function liveHead(live: Live): string | undefined {
  if (!live.database) return undefined;
  const { schema, recordedHead } = live.database;
  if ("value" in schema) return schema.value.head;
  return recordedHead ?? (isUnfinished(live) ? "" : undefined);
}

/** Whether no update with a database has ever got as far as its schema: what there is of it is made or finished by this run. */
export const isUnfinished = (live: Live): boolean =>
  live.database?.recordedHead === undefined && !routerFile(live)?.marker?.goal;

const appliedIn = ({ database }: Live) => (database && "value" in database.schema ? database.schema.value.applied : []);

function isGoingBack({ config, colors: planned }: StackPlan, live: Live): boolean {
  const marker = routerFile(live)?.marker;
  if (!marker?.pending || marker.goal === "") return false;
  const { activeColor } = config;
  return (
    marker.pointer.color === activeColor &&
    marker.pointer.releases[activeColor] === (planned[activeColor].release ?? null)
  );
}

/** Whether a color's entries are open; undefined: nobody knows. */
export function isOpenNow({ database }: Live, color: ColorName): boolean | undefined {
  if (!database || "unknown" in database.pooler) return undefined;
  const { value } = database.pooler;
  if (value.kind === "absent") return false;
  return value.kind === "read" ? value.acting.open[color] : undefined;
}
