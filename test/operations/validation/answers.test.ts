import { describe, expect, it } from "vitest";
import { parseAnswers } from "../../../operations/validation/ask.ts";
import { judgeCache } from "../../../operations/validation/checks/cache.ts";
import { judgeHttp } from "../../../operations/validation/checks/declared.ts";
import { judgeName } from "../../../operations/validation/checks/names.ts";
import { judgeHandshake, parseReached, webSocketHandshake } from "../../../operations/validation/reach.ts";
import { holdsRelease } from "../../../operations/validation/release.ts";

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
