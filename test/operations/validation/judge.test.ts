import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { BackupPoint } from "../../../operations/backup/point.ts";
import { parseAnswers } from "../../../operations/validation/ask.ts";
import type { Check } from "../../../operations/validation/check.ts";
import { judgeCache } from "../../../operations/validation/checks/cache.ts";
import { judgeCertificate } from "../../../operations/validation/checks/certificates.ts";
import { judgeHttp } from "../../../operations/validation/checks/declared.ts";
import { countErrors, judgeLogs } from "../../../operations/validation/checks/logs.ts";
import { judgeName } from "../../../operations/validation/checks/names.ts";
import { judgeCpu, judgeDisk, judgeMemory } from "../../../operations/validation/checks/resources.ts";
import { judgeRows } from "../../../operations/validation/checks/rows.ts";
import { judgeSample } from "../../../operations/validation/checks/sample.ts";
import { judgeHandshake, parseReached, webSocketHandshake } from "../../../operations/validation/reach.ts";
import { holdsRelease } from "../../../operations/validation/release.ts";
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

describe("answers", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");

  it("of HTTP are put together from curl's lines, also when one never came", () => {
    const output = `0 200 0.0123 \n0.body ${base64("hello")}\n0.head ${base64("HTTP/1.1 200 OK\r\nX-Switchback-Color: blue\r\n\r\n")}\n1 000 1.5 Connection timed out\n`;
    const [first, second, third] = parseAnswers(output, 3);
    expect(first).toMatchObject({ status: 200, milliseconds: 12, body: "hello" });
    expect(first!.headers.get("x-switchback-color")).toBe("blue");
    expect(second).toMatchObject({ status: 0, error: "Connection timed out" });
    expect(third).toMatchObject({ status: 0, error: "no answer" });
  });

  it("hold a release as a word of its own", () => {
    const answer = (body: string, status = 200) => ({ status, milliseconds: 1, error: "", headers: new Map(), body });
    expect(holdsRelease("v", answer('{"release":"1.1.0"}'), "1.1.0", "").verdict).toBe("ok");
    expect(holdsRelease("v", answer("1.1.0"), "1.1.0", "").verdict).toBe("ok");
    expect(holdsRelease("v", answer("11.1.0"), "1.1.0", "").verdict).toBe("fail");
    expect(holdsRelease("v", answer("1.1.0-rc.1"), "1.1.0", "").verdict).toBe("fail");
    expect(holdsRelease("v", answer("1x1x0"), "1.1.0", "").verdict).toBe("fail");
    expect(holdsRelease("v", answer("1.1.0", 500), "1.1.0", "").verdict).toBe("fail");
  });

  it("of TCP tell what was refused and what took too long", () => {
    const output = `0 0 3 ${base64("hello")}\n1 9 1 bash: connect: Connection refused bash: line 2: /dev/tcp/h/1: Connection refused \n2 124 1500 \n`;
    expect(parseReached(output, 3, 1.5)).toEqual([
      { reached: true, answer: "hello", error: "", milliseconds: 3 },
      { reached: false, answer: "", error: "Connection refused", milliseconds: 1 },
      { reached: false, answer: "", error: "no answer within 1.5 s", milliseconds: 1500 },
    ]);
  });

  it("to a WebSocket's handshake have to hold the accepted key", () => {
    const { send, accept } = webSocketHandshake("/ws", "shop.example");
    expect(send).toMatch(/^GET \/ws HTTP\/1\.1\r\nHost: shop\.example\r\n/);
    const reached = (answer: string) => ({ reached: true, answer, error: "", milliseconds: 1 });
    const head = "HTTP/1.1 101 Switching Protocols\r\n";
    expect(judgeHandshake(reached(`${head}Sec-WebSocket-Accept: ${accept}\r\n\r\n`), accept)).toBeUndefined();
    expect(judgeHandshake(reached(`${head}Sec-WebSocket-Accept: other\r\n\r\n`), accept)).toBe(
      "another Sec-WebSocket-Accept",
    );
    expect(judgeHandshake(reached("HTTP/1.1 502 Bad Gateway\r\n\r\n"), accept)).toBe(
      'answered "HTTP/1.1 502 Bad Gateway"',
    );
  });

  it("are held against everything that a declared check says", () => {
    const check = {
      http: { path: "/", status: 200, contains: "ok", headers: { "X-Frame-Options": "DENY" }, via: "service" },
      maxMs: 100,
      purpose: "security",
      thorough: false,
    } as const;
    const answer = {
      status: 200,
      milliseconds: 50,
      error: "",
      headers: new Map([["x-frame-options", "DENY"]]),
      body: "ok",
    };
    expect(judgeHttp("h", check, answer, "").verdict).toBe("ok");
    expect(
      judgeHttp("h", check, { ...answer, status: 401, milliseconds: 200, body: "", headers: new Map() }, ""),
    ).toMatchObject({
      verdict: "fail",
      value: 'answered 401, without "ok", header X-Frame-Options: none, 200 ms',
      threshold: '200, with "ok", X-Frame-Options: DENY, at most 100 ms',
    });
  });

  it("of the DNS have to be addresses of the stack", () => {
    expect(judgeName("cache", ["10.0.0.4", "10.0.1.4"], "cache 10.0.0.4\npooler 10.0.0.3\n").verdict).toBe("ok");
    expect(judgeName("cache", ["10.0.0.4"], "cache 10.0.0.9\n")).toMatchObject({ verdict: "fail", value: "10.0.0.9" });
    expect(judgeName("cache", ["10.0.0.4"], "cache \n")).toMatchObject({ verdict: "fail", value: "not known" });
  });

  it("of Redis tell that it answers, and that its last write reached the disk", () => {
    const info = (status: string) =>
      `# Persistence\r\nloading:0\r\nrdb_last_bgsave_status:${status}\r\naof_last_write_status:ok\r\n`;
    expect(judgeCache("c", 0, info("ok")).verdict).toBe("ok");
    expect(judgeCache("c", 0, info("err"))).toMatchObject({ verdict: "fail", value: "rdb_last_bgsave_status err" });
    expect(judgeCache("c", 1, "NOAUTH").verdict).toBe("fail");
  });
});
