import type { RestoreGoal, Stop } from "./goal.ts";

/**
 * What PostgreSQL is told for its replay, a setting a line: where its WAL comes from, where it stops, on which timeline. They
 * are read as they are, without quotes. Nothing for a dump, onto which nothing is replayed. Pure.
 */
export function renderSettings({ material, source }: RestoreGoal): string {
  if (material.kind === "dump") return "";
  const settings = {
    restore_command: `switchback-wal-get ${source.generation} "%f" "%p"`,
    ...target(material.stop),
    recovery_target_timeline: `${source.timeline}`,
    recovery_target_action: "promote",
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function target(stop: Stop): Record<string, string> {
  if (stop.kind === "immediate") return { recovery_target: "immediate" };
  if (stop.kind === "name") return { recovery_target_name: stop.name };
  const recovery_target_inclusive = stop.inclusive ? "on" : "off";
  return stop.kind === "time"
    ? // PostgreSQL knows no zone by its name, nor `Z`, while it reads its configuration.
      { recovery_target_time: stop.at.replace(/Z$/, "+00"), recovery_target_inclusive }
    : { recovery_target_lsn: stop.lsn, recovery_target_inclusive };
}
