import { describe, expect, it } from "vitest";
import { readCommandLine, take, verbOf } from "../../cli/args.ts";
import { mapped, messageOf } from "../../cli/pulumi.ts";

describe("a command line for the embedded engine", () => {
  it("is taken apart with pulumi's own names, wherever the flags stand", () => {
    expect(readCommandLine(["--stack", "staging", "config", "set", "--path", "colors.blue.imageTag", "1.4.0"])).toEqual(
      {
        command: "config set",
        positionals: ["colors.blue.imageTag", "1.4.0"],
        flags: { stack: "staging", path: true },
      },
    );
    expect(readCommandLine(["up", "-y", "-s", "x", "-m", "why", "-f"])).toMatchObject({
      command: "up",
      flags: { yes: true, stack: "x", message: "why", "skip-preview": true },
    });
    expect(readCommandLine(["config", "set", "n", "--", "-5"]).positionals).toEqual(["n", "-5"]);
    expect(readCommandLine(["output", "url"])).toMatchObject({ command: "output", positionals: ["url"] });
    expect(readCommandLine(["recover-rows", "--from", "restored-1", "orders", "notes=select 1", "--yes"])).toEqual({
      command: "recover-rows",
      positionals: ["orders", "notes=select 1"],
      flags: { from: "restored-1", yes: true },
    });
    expect(readCommandLine(["evidence", "export", "e-1", "--to", "x"])).toEqual({
      command: "evidence export",
      positionals: ["e-1"],
      flags: { to: "x" },
    });
    expect(readCommandLine(["-s", "stack", "stack"])).toMatchObject({ command: "stack", flags: { stack: "stack" } });
  });

  it("is told from one of Switchback's own, which both engines have", () => {
    expect(
      [["-s", "x", "status"], ["evidence", "list"], ["stack", "adopt"], ["stack", "ls"], ["up"]].map(verbOf),
    ).toEqual(["status", "evidence list", "stack adopt", undefined, undefined]);
  });

  it.each([
    [["up", "--continue-on-error"], "does not support --continue-on-error for up"],
    [["up", "--target=urn"], "does not support --target for up"],
    [["stack", "tag"], "unknown command stack tag"],
    [["config", "env"], "unknown command config env"],
    [["watch"], "unknown command watch"],
    [["status", "--yes"], "status: expected a flag of this command, got --yes"],
  ])("refuses %j by name", (args, message) => {
    expect(() => readCommandLine(args)).toThrow(message);
  });
});

describe("a command line for the pulumi CLI", () => {
  it("keeps everything but the engine, and output gets its place", () => {
    expect(take(["up", "--engine=pulumi", "--yes"], "--engine")).toEqual({ value: "pulumi", rest: ["up", "--yes"] });
    expect(take(["up", "-C", "dir", "--", "-C"], "--cwd", "-C")).toEqual({ value: "dir", rest: ["up", "--", "-C"] });
    expect(mapped(["output", "--json"])).toEqual(["stack", "output", "--json"]);
    expect(mapped(["output", "url"])).toEqual(["stack", "output", "url"]);
    expect(mapped(["up"])).toEqual(["up"]);
  });

  it("gives the reason of the message", () => {
    expect([
      messageOf(["up", "-m", "a"]),
      messageOf(["up", "--message=b"]),
      messageOf(["up", "--", "-m", "c"]),
    ]).toEqual(["a", "b", undefined]);
  });
});
