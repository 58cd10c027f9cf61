import { expect, it } from "vitest";
import { explain } from "../../../operations/recovery/explain.ts";
import { parseLook } from "../../../operations/recovery/replay.ts";
import { someGoal } from "./goal.ts";

const line = (text: string) => `2026-11-21 02:00:00.000 UTC [27] ${text}\n`;
const start = line("LOG:  starting PostgreSQL 17.6 on x86_64");
const byTime = someGoal({
  material: {
    kind: "base",
    label: "20261121-020000F",
    stop: { kind: "time", at: "2026-11-21T03:00:00Z", inclusive: false },
  },
});

it("says of a target that the WAL does not reach where it ends, with its last commit", () => {
  const log =
    start +
    line("LOG:  redo done at 0/5000110 system usage: CPU: user: 0.00 s") +
    line("LOG:  last completed transaction was at log time 2026-11-21 02:30:00.5+00") +
    line("FATAL:  recovery ended before configured recovery target was reached");
  expect(explain(log, byTime)).toBe(
    "expected the WAL of initial to reach 2026-11-21T03:00:00Z, got its end at 0/5000110, whose last commit is of 2026-11-21 02:30:00.5+00: what is asked for was never written, or the next segment is missing from the repository. Ask for a moment before that end; nothing has switched. restored-abababab is kept as it is",
  );
});

it("says of WAL that cannot be read which file, and pgBackRest's own reason", () => {
  const log =
    start +
    "ERROR: [039]: invalid checksum of 000000010000000000000005\n" +
    line(
      'FATAL:  could not restore file "000000010000000000000005" from archive: child process exited with exit code 126',
    );
  expect(explain(log, byTime)).toContain(
    "expected 000000010000000000000005 in the repository of initial to be readable, got: [039]: invalid checksum of 000000010000000000000005. Make the repository work",
  );
});

it("never passes on the hint to remove backup_label", () => {
  const log =
    start +
    line("FATAL:  could not locate required checkpoint record") +
    line(
      'HINT:  If you are not restoring from a backup, try removing the file "/var/lib/postgresql/data/pgdata/backup_label".',
    );
  const text = explain(log, byTime);
  expect(text).toContain("expected the WAL that the base 20261121-020000F needs in the repository of initial");
  expect(text).not.toContain("backup_label");
});

it("looks at the last start alone, and passes on what it does not know", () => {
  const log =
    start +
    line("FATAL:  recovery ended before configured recovery target was reached") +
    start +
    line("FATAL:  could not map anonymous shared memory: Cannot allocate memory");
  expect(explain(log, byTime)).toContain("got: could not map anonymous shared memory: Cannot allocate memory; see");
  expect(explain("switchback-database: expected data of PostgreSQL 17, got 16\n", byTime)).toContain(
    "got: switchback-database: expected data of PostgreSQL 17, got 16; see `docker logs",
  );
});

it("reads from the data directory whether it replays, and how far", () => {
  const control = (state: string, minimum: string) =>
    `pg_control version number:            1700\nDatabase cluster state:               ${state}\nLatest checkpoint's REDO location:    0/2000028\nMinimum recovery ending location:     ${minimum}\n`;
  expect(parseLook(`pending\nrunning\n${control("in archive recovery", "0/5000000")}`)).toEqual({
    pending: true,
    running: true,
    state: "in archive recovery",
    at: "0/5000000",
  });
  expect(parseLook(control("in production", "0/0"))).toEqual({
    pending: false,
    running: false,
    state: "in production",
    at: "0/2000028",
  });
});
