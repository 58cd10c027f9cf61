import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BackupPoint } from "../../../operations/backup/point.ts";
import type { RouterStatus } from "../../../operations/router/state.ts";
import type { Check } from "../../../operations/validation/check.ts";
import { judgeCertificate } from "../../../operations/validation/checks/certificates.ts";
import { countErrors, judgeLogs } from "../../../operations/validation/checks/logs.ts";
import { judgeCpu, judgeDisk, judgeMemory } from "../../../operations/validation/checks/resources.ts";
import { judgeRows } from "../../../operations/validation/checks/rows.ts";
import { countedBetween, inRounds, judgeSample } from "../../../operations/validation/checks/sample.ts";
import { makeCertificate } from "../../helpers/certificates.ts";

const verdicts = (checks: readonly Check[]) => checks.map(({ verdict }) => verdict);

describe("the sample", () => {
  const limits = { responseMs: 1000, errorPercent: 1 };
  const answers = (count: number, status = 200, milliseconds = 10) =>
    Array.from({ length: count }, () => ({ status, milliseconds }));

  it("passes under both thresholds, and fails at them", () => {
    expect(verdicts(judgeSample(answers(20), undefined, limits, ""))).toEqual(["ok", "ok"]);
    expect(verdicts(judgeSample(answers(20, 200, 999), undefined, limits, ""))).toEqual(["ok", "ok"]);
    expect(verdicts(judgeSample(answers(20, 200, 1000), undefined, limits, ""))).toEqual(["fail", "ok"]);
    expect(verdicts(judgeSample([...answers(99), ...answers(1, 502)], undefined, limits, ""))).toEqual(["ok", "fail"]);
    expect(verdicts(judgeSample([...answers(199), ...answers(1, 502)], undefined, limits, ""))).toEqual(["ok", "ok"]);
  });

  it("lets one request in twenty be slow", () => {
    expect(verdicts(judgeSample([...answers(19), ...answers(1, 200, 5000)], undefined, limits, ""))).toEqual([
      "ok",
      "ok",
    ]);
    expect(verdicts(judgeSample([...answers(18), ...answers(2, 200, 5000)], undefined, limits, ""))).toEqual([
      "fail",
      "ok",
    ]);
  });

  it("counts the errors of everybody's requests, and those that were never answered", () => {
    const [, rate] = judgeSample(answers(20), { requests: 1000, errors: 50 }, limits, "");
    expect(rate).toMatchObject({ verdict: "fail", value: "5.0 %, 50 of 1000" });
    expect(verdicts(judgeSample(answers(20, 0), undefined, limits, ""))).toEqual(["unknown", "fail"]);
  });

  it("does not count what was on its way to the color that was left", () => {
    const status = (green: number, blue: number, since = "2026-11-21T12:00:00Z"): RouterStatus => {
      const counters = (requests: number, errors: number) => ({ requests, errors });
      const colors = { green: counters(100 + green, 10 + green), blue: counters(100 + blue, 0) };
      return { since, colors } as unknown as RouterStatus;
    };
    expect(countedBetween(status(0, 0), status(30, 200), ["blue"])).toEqual({ requests: 200, errors: 0 });
    expect(countedBetween(status(0, 0), status(30, 200), ["blue", "green"])).toEqual({ requests: 230, errors: 30 });
    expect(countedBetween(status(0, 0), status(0, 9, "2026-11-21T12:00:01Z"), ["blue"])).toBeUndefined();
  });

  it("ends early when its requests hang, with what it has", async () => {
    const hanging = () => new Promise<number[]>((resolve) => setTimeout(resolve, 40, [0, 0]));
    expect(await inRounds(4, 60, hanging)).toHaveLength(4);
    expect(await inRounds(4, 5000, async () => [0, 0])).toHaveLength(8);
  });

  it("passes without an error even where none is allowed", () => {
    expect(verdicts(judgeSample(answers(20), undefined, { responseMs: 1000, errorPercent: 0 }, ""))).toEqual([
      "ok",
      "ok",
    ]);
  });
});

describe("the rows", () => {
  const point = {
    name: "safety-1",
    head: "3",
    contents: [
      { table: "public.orders", rows: 100, hash: "h" },
      { table: "public.big", rows: null, hash: null },
    ],
  } as unknown as BackupPoint;
  const live = (rows: number | null, head = "3", exact = true) => ({
    head,
    rows: new Map([["public.orders", rows === null ? null : { count: rows, exact }]]),
  });

  it("may be more, or a few less, than at the backup point", () => {
    expect(judgeRows(point, live(500), 10, "s").verdict).toBe("ok");
    expect(judgeRows(point, live(91), 10, "s").verdict).toBe("ok");
    expect(judgeRows(point, live(90), 10, "s")).toMatchObject({ verdict: "fail", value: "public.orders 90 of 100" });
    expect(judgeRows(point, live(0), 100, "s").verdict).toBe("fail");
  });

  it("say that a table is gone, unless a migration took it", () => {
    expect(judgeRows(point, live(null), 10, "s")).toMatchObject({ verdict: "fail", value: "public.orders is gone" });
    expect(judgeRows(point, live(null, "4"), 10, "s").verdict).toBe("ok");
  });

  it("say when they are an estimate", () => {
    expect(judgeRows(point, live(100, "3", false), 10, "s").value).toContain("1 of them by estimate");
  });
});

describe("resources", () => {
  const use = [
    { container: "a", cpuPercent: 30, memoryPercent: 50 },
    { container: "b", cpuPercent: 50, memoryPercent: 91 },
  ];

  it("are judged together for processors, and each by its own limit for memory", () => {
    expect(judgeCpu(use, 80)).toMatchObject({ verdict: "ok", value: "80 %, most of it b" });
    expect(judgeCpu(use, 79).verdict).toBe("fail");
    expect(judgeMemory(use, 90)).toMatchObject({ verdict: "fail", value: "b 91 %" });
    expect(judgeMemory(use, 91).verdict).toBe("ok");
  });

  it("have their disks read from df, its inodes too", () => {
    const df = (bytes: string, inodes: string) =>
      `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 100 20 1048576 ${bytes} /data\nFilesystem Inodes IUsed IFree IUse% Mounted on\n/dev/a 100 20 80 ${inodes} /data\n`;
    expect(judgeDisk("disk", df("24%", "3%"), "", 90)).toMatchObject({
      verdict: "ok",
      value: "24 %, 1.0 GiB free; 3 % of the inodes",
    });
    expect(judgeDisk("disk", df("91%", "3%"), "", 90).verdict).toBe("fail");
    expect(judgeDisk("disk", df("24%", "99%"), "", 90).verdict).toBe("fail");
    expect(judgeDisk("disk", df("24%", "-"), "", 90).verdict).toBe("ok");
    expect(judgeDisk("disk", "", "df: no such thing", 90)).toMatchObject({
      verdict: "unknown",
      value: "df: no such thing",
    });
  });
});

describe("error lines", () => {
  it("are those that tell an error by its level, not those that have the word somewhere", () => {
    const lines = [
      "2026 [error] 7#7: upstream",
      'x {"level":"error"}',
      "2026 UTC ERROR:  syntax",
      "TypeError: no",
      "Error: no",
      "GET /errors 200",
      "0 errors",
      '{"error":null}',
    ];
    expect(countErrors(lines.join("\n"))).toBe(4);
  });

  it("fail above the threshold, and name the command that shows them", () => {
    expect(judgeLogs([{ container: "a", count: 10 }], 10, 5).verdict).toBe("ok");
    expect(judgeLogs([{ container: "a", count: 11 }], 10, 5)).toMatchObject({
      verdict: "fail",
      value: "a 11",
      remedy: "`docker logs --since 5m a`",
    });
  });
});

describe("a certificate", () => {
  it("fails when it has expired, or has fewer days left than the threshold", () => {
    const folder = mkdtempSync(join(tmpdir(), "certificate-"));
    const judge = (days: number, most: number) =>
      judgeCertificate(
        "c",
        new X509Certificate(makeCertificate(folder, `d${days}`, days).certificate),
        most,
        new Date(),
      );
    expect(judge(30, 14).verdict).toBe("ok");
    expect(judge(13, 14).verdict).toBe("fail");
    expect(judge(-1, 0)).toMatchObject({ verdict: "fail", value: expect.stringContaining("expired") });
    rmSync(folder, { recursive: true });
  });
});
