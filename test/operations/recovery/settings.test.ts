import { expect, it } from "vitest";
import type { Stop } from "../../../operations/recovery/goal.ts";
import { renderSettings } from "../../../operations/recovery/settings.ts";
import { someGoal } from "./goal.ts";

const settings = (stop: Stop) =>
  renderSettings(someGoal({ material: { kind: "base", label: "20261121-020000F", stop } })).split("\n");

it("names the timeline, and promotes at the target", () => {
  expect(settings({ kind: "name", name: "safety-x" })).toEqual([
    `restore_command=switchback-wal-get initial "%f" "%p"`,
    "recovery_target_name=safety-x",
    "recovery_target_timeline=1",
    "recovery_target_action=promote",
    "",
  ]);
});

it("says for a time and an LSN whether what is exactly there is replayed, and for nothing else", () => {
  expect(settings({ kind: "time", at: "2026-11-21T02:00:00Z", inclusive: false })).toEqual(
    expect.arrayContaining(["recovery_target_time=2026-11-21T02:00:00+00", "recovery_target_inclusive=off"]),
  );
  expect(settings({ kind: "lsn", lsn: "0/3000148", inclusive: true })).toEqual(
    expect.arrayContaining(["recovery_target_lsn=0/3000148", "recovery_target_inclusive=on"]),
  );
  expect(settings({ kind: "immediate" })).toContain("recovery_target=immediate");
  expect(settings({ kind: "immediate" }).join()).not.toContain("inclusive");
});

it("keeps an apostrophe and a backslash of a name as they are", () => {
  expect(settings({ kind: "name", name: "before Ann's \\ import" })).toContain(
    "recovery_target_name=before Ann's \\ import",
  );
});

it("replays nothing onto a dump", () => {
  const material = { kind: "dump", name: "dump-x", file: "/var/lib/pgbackrest/dumps/dump-x.dump", sha256: "" } as const;
  expect(renderSettings(someGoal({ material }))).toBe("");
});
