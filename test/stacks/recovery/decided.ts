import { type Catalogue, firstCatalogue } from "../../../operations/generations/format.ts";
import type { RestoreGoal } from "../../../operations/recovery/goal.ts";
import { decideRecovery } from "../../../stacks/recovery/decide.ts";
import { askedRecovery, findRequest } from "../../../stacks/recovery/request.ts";
import { resolveTarget } from "../../../stacks/recovery/resolve.ts";
import type { Seen } from "../../../stacks/recovery/seen.ts";
import { wantedSwitch } from "../../../stacks/recovery/wanted.ts";
import { type DatabaseSetting, databaseSetting } from "../database-setting.ts";
import { at, facts, segments } from "./history.ts";

export const setting: DatabaseSetting = { active: "green", releases: { blue: "1.0.0", green: "1.1.0" }, head: "2" };
export const targetBackup = "safety-20261120T030000Z-a1";
export const room = { device: "a", free: 1e12 };
export const commits = (count: number): Seen["behind"] => ({
  value: { commits: count, exact: true, aborts: 0, walBytes: 0, tables: [], lastCommitAt: null, upTo: "0/0" },
});

export interface Case {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly setting?: Partial<DatabaseSetting>;
  readonly seen?: Partial<Seen>;
  readonly catalogue?: Catalogue;
}

/** What is decided of a config, on what is seen where nothing else is said, with the answer of each condition. */
export function decided({ config = {}, setting: changed, seen, catalogue = firstCatalogue(at("00:00")) }: Case) {
  const { plan, live } = databaseSetting({ ...setting, ...changed, config });
  const request = findRequest(askedRecovery(plan.config), catalogue);
  const wanted = wantedSwitch(plan.config.generation, catalogue, request.state);
  const found = seen?.facts ?? facts({ catalogue });
  const { state } = request;
  const all: Seen = {
    facts: found,
    restores: { value: [] },
    resolved: state.kind === "new" ? resolveTarget(state.asked.target, found) : undefined,
    segments: { value: segments(1, 3, 14, "01:00") },
    disks: { value: { data: room, backups: room } },
    basePoints: { value: [] },
    image: { value: "17" },
    behind: commits(3),
    ...seen,
  };
  const needed = wanted.restores || wanted.undo !== undefined;
  const given = {
    plan,
    live,
    catalogue,
    smoke: ["select true"],
    actor: "me",
    reason: "why",
    epoch: "e",
    at: at("12:00"),
  };
  const judged = decideRecovery({ ...given, request, wanted, seen: needed ? all : undefined });
  const answers = Object.fromEntries(
    judged.conditions.map(({ name, answer, detail }) => [name, `${answer}: ${detail}`]),
  );
  return { ...judged, answers };
}

export const goalOf = ({ catalogue }: ReturnType<typeof decided>): RestoreGoal =>
  JSON.parse(catalogue.requests.at(-1)!.goal);
