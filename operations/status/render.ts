import { type ColorName, colors } from "../../stacks/schema.ts";
import { describeTarget } from "../evidence/history.ts";
import { describeAudit } from "../recovery/verify/record.ts";
import { table } from "../rollback/text.ts";
import { describePointer } from "../router/traffic.ts";
import type { StackStatus } from "./read.ts";
import type { Standing } from "./standing.ts";

/** The status on one screen: a word, then what is known of it. `standing`: read where the project's files are. */
export function renderStatus(status: StackStatus, standing?: Standing): string {
  const lines: [string, string][] = [
    ["stack", status.stack],
    ["serves", serves(status)],
    ...isolated(status),
    ...colors.map((color): [string, string] => [color, describeColor(status, color, standing)]),
    ...router(status).map((line): [string, string] => ["router", line]),
    ...(status.database ? database(status) : []),
    ["last", last(status)],
    ...(standing ? possible(standing) : []),
    [
      "owner",
      known(status.owner, (owner) => (owner ? `${owner.engine} ${owner.project}/${owner.stack}` : "nobody yet")),
    ],
  ];
  return table(lines.map(([word, text], at) => [lines[at - 1]?.[0] === word ? "" : word, text])).join("\n");
}

/** The levels that are possible now, and the last rollback. */
function possible({ levels, rollback }: Standing): [string, string][] {
  const told =
    "unknown" in levels
      ? [`unknown: ${levels.unknown.replaceAll(/\s*\n\s*/g, " ")}`]
      : levels.value.map(
          ({ level, possible, to, why, until }) =>
            `${level} ${possible}: ${to ? `${to}, ` : ""}${why}${until ? `; until ${until}` : ""}`,
        );
  return [
    ...told.map((line): [string, string] => ["level", line]),
    [
      "rollback",
      known(rollback, (line) =>
        line
          ? `${line.at} ${line.status}: ${line.from} -> ${line.to} by ${line.actor}, "${line.reason}"`
          : "there was none",
      ),
    ],
  ];
}

function known<T>(probed: { value: T } | { unknown: string }, tell: (value: T) => string): string {
  return "value" in probed ? tell(probed.value) : `unknown: ${probed.unknown}`;
}

function serves({ router: probed }: StackStatus): string {
  return known(probed, (state) => {
    if (state.kind === "absent") return "nothing: there is no router yet";
    if (state.kind === "unreadable") return `unknown: ${state.reason}`;
    if (!state.memory) return "nothing: the router has no pointer, and answers with maintenance";
    const { requests, errors } = state.status.colors[state.memory.color];
    return `${describePointer(state.memory)} since ${state.status.since ?? "unknown"}; ${requests} requests, ${errors} failed`;
  });
}

function isolated({ isolation: probed }: StackStatus): [string, string][] {
  const text = known(probed, (record) => {
    if (!record || record.ended) return "";
    const open = record.marker.pending ? "; not finished, run `up`" : "";
    return `since ${record.since}, by ${record.actor}; evidence is in ${record.evidence}${open}`;
  });
  return text === "" ? [] : [["isolated", text]];
}

function describeColor({ containers, pooler }: StackStatus, color: ColorName, standing?: Standing): string {
  return known(containers, (all) => {
    const own = all.filter((container) => container.color === color);
    if (own.length === 0) return "absent";
    const up = own.filter(({ running }) => running).length;
    const closed = pooler && "value" in pooler && pooler.value.kind === "read" && !pooler.value.acting.open[color];
    const why = standing && "value" in standing.closed ? standing.closed.value[color] : undefined;
    const releases = [...new Set(own.map(({ release }) => release))].join(", ");
    return `${releases}, ${up} of ${own.length} containers run${closed ? `; closed: ${why ?? "it has no database"}` : ""}`;
  });
}

function router({ router: probed }: StackStatus): string[] {
  if (!("value" in probed) || probed.value.kind !== "read") return [];
  const { file, drains, status } = probed.value;
  return [
    ...(file ? [] : ["router.json is missing or broken: maintenance after a restart"]),
    ...(file?.marker?.pending ? [`a change begun at ${file.marker.pending.since} was not finished; run \`up\``] : []),
    ...(file?.override
      ? [`override to ${file.override.color} by ${file.override.who} at ${file.override.when}: ${file.override.why}`]
      : []),
    ...(status.hold?.holding ? [`requests are held since ${status.hold.since}, then go to ${status.hold.then}`] : []),
    ...drains
      .filter(({ state, survivors }) => state === "draining" || state === "closing" || survivors > 0)
      .map(({ color, state, survivors }) => `drain of ${color}: ${state}, ${survivors} connections left`),
  ];
}

function database({
  database: probed,
  pooler,
  generations,
  schema,
  schedule,
  audits,
}: StackStatus): [string, string][] {
  const head = known(schema, (value) => (value === null ? "nothing recorded" : value || "before the first migration"));
  const entries = known(pooler ?? { unknown: "not asked" }, (state) => {
    if (state.kind !== "read") return state.kind === "absent" ? "absent" : `unknown: ${state.reason}`;
    const { open, fence, pause } = state.acting;
    const words = colors.map((color) => `${color} ${open[color] ? "open" : "closed"}`);
    const leases = [fence ? `${fence.color} fenced, then ${fence.then}` : "", pause ? "paused" : ""].filter(Boolean);
    const pending = state.file?.pending ? [`a change begun at ${state.file.pending.since} was not finished`] : [];
    return [...words, ...leases, ...pending].join(", ");
  });
  return [
    ["schema", head],
    ["pooler", entries],
    ["database", known(probed ?? { unknown: "not asked" }, describeServer)],
    ...describeGenerations(generations).map((text): [string, string] => ["data", text]),
    ["backup", known(probed ?? { unknown: "not asked" }, (server) => describeBackup(server, generations))],
    ...known(schedule, (value) => (value?.error ? `the last run failed: ${value.error}` : ""))
      .split("\n")
      .filter(Boolean)
      .map((text): [string, string] => ["schedule", text]),
    ...known(audits, (all) => all.map(describeAudit).join("\n"))
      .split("\n")
      .filter(Boolean)
      .map((text): [string, string] => ["audit", text]),
  ];
}

type Server = Extract<NonNullable<StackStatus["database"]>, { value: unknown }>["value"];

const describeServer = (server: Server): string =>
  server.reachable
    ? `${server.inRecovery ? "in recovery" : "answers"}, ${(server.bytes / 1e6).toFixed(0)} MB, timeline ${server.timeline}`
    : `does not answer: ${server.reason}`;

function describeBackup(server: Server, generations: StackStatus["generations"]): string {
  if (!server.reachable) return "unknown: the database does not answer";
  const { base, baseAgeHours, archive } = server;
  const age =
    base && baseAgeHours !== null ? `base ${base.label}, ${baseAgeHours.toFixed(1)} h old` : noBase(generations);
  const gap = archive.gap ? `; GAP in the archive after ${archive.repository ?? "nothing"}` : "";
  return `${age}; archive ${archive.lagSeconds.toFixed(0)} s behind, ${archive.waiting} segments wait${gap}`;
}

function noBase(generations: StackStatus["generations"]): string {
  const serving = servingIn(generations);
  return serving?.served ? `no base: writes since ${serving.served.at} have no level 3` : "no base";
}

const servingIn = (probed: StackStatus["generations"]) =>
  "value" in probed ? probed.value?.all.find(({ state }) => state === "serves") : undefined;

/** Which generation serves since when, and what is kept until when. */
function describeGenerations(probed: StackStatus["generations"]): string[] {
  if ("unknown" in probed) return [`unknown: ${probed.unknown}`];
  if (!probed.value) return [];
  const { all, pending } = probed.value;
  const serving = servingIn(probed);
  const others = all.filter(({ state }) => state !== "serves");
  return [
    ...(serving
      ? [
          `${serving.name} serves${serving.served ? ` since ${serving.served.at}` : ""} (${describeTarget(serving.target)})`,
        ]
      : []),
    ...others.map(({ name, state, keepUntil }) => `${name} is ${state}${keepUntil ? ` until ${keepUntil}` : ""}`),
    ...(pending ? [`a switch begun at ${pending} was not finished; run \`up\``] : []),
  ];
}

const last = ({ last: probed }: StackStatus): string =>
  known(probed, (line) => {
    if (!line) return "nothing yet";
    const { at, event, operation, from, to, actor, reason } = line;
    const why = reason ? `, "${reason}"` : "";
    return `${at} ${operation ?? ""} ${event} ${from ?? ""} -> ${to ?? ""} by ${actor ?? "unknown"}${why}`;
  });
