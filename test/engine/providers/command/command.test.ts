import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { type Props, unknown } from "../../../../engine/provider.ts";
import { command } from "../../../../engine/providers/command/command.ts";
import { contextOf } from "../context.ts";

const folder = mkdtempSync(join(tmpdir(), "switchback-command-"));
afterAll(() => rmSync(folder, { recursive: true }));

const urn = "urn:pulumi:s::p::command:local:Command::switch";
const create = (inputs: Props) => command.create(inputs, contextOf(urn));

/** Whether a process still does something; a dead one may wait for its parent to notice. */
function runs(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, "utf8"));
}

describe("check", () => {
  it("returns the inputs as given, without defaults, as the real provider does", () => {
    const inputs: Props = { create: "true", triggers: ["a", 1, { b: unknown }] };
    expect(command.check(undefined, inputs)).toEqual({ inputs, failures: [] });
  });

  it("refuses what it does not support by name", () => {
    const { failures } = command.check(undefined, {
      create: "true",
      assetPaths: ["*"],
      archivePaths: ["*"],
      crate: "x",
      dir: 1,
    });
    expect(failures.map(({ property }) => property)).toEqual(["assetPaths", "archivePaths", "crate", "dir"]);
    expect(failures[0]?.reason).toBe(
      "`assetPaths` is not supported by the embedded engine: leave it out, or use --engine pulumi",
    );
  });
});

describe("diff", () => {
  const diff = (before: Props, after: Props) => command.diff("id", before, {}, after).detailed;

  it("is an update for any changed input", () => {
    expect(diff({ create: "a", environment: { A: "1" } }, { create: "b", environment: { A: "2", B: "3" } })).toEqual({
      create: "update",
      "environment.A": "update",
      "environment.B": "add",
    });
  });

  it("replaces when triggers come or go, and updates when one of them changes", () => {
    expect(diff({}, { triggers: ["a"] })).toEqual({ triggers: "add-replace" });
    expect(diff({ triggers: ["a"] }, {})).toEqual({ triggers: "delete-replace" });
    expect(diff({ triggers: ["a"] }, { triggers: ["b", "c"] })).toEqual({
      "triggers[0]": "update",
      "triggers[1]": "add",
    });
  });

  it("differs when a value is not known yet", () => {
    expect(diff({ stdin: "a" }, { stdin: unknown })).toEqual({ stdin: "update" });
    expect(diff({ stdin: "a" }, { stdin: "a" })).toEqual({});
  });
});

describe("running", () => {
  it("passes folder, environment and input, and trims one newline", async () => {
    const made = await create({
      create: 'cat; pwd; printf "%s\n\n" "$A"',
      dir: folder,
      environment: { A: "x" },
      stdin: "in\n",
    });
    expect(made.id).toMatch(/^switch[0-9a-f]{8}$/);
    expect(made.outputs).toMatchObject({ stdout: `in\n${folder}\nx\n`, stderr: "", dir: folder });
  });

  it("uses another interpreter", async () => {
    const made = await create({ create: "console.log(1 + 1)", interpreter: ["node", "-e"] });
    expect(made.outputs.stdout).toBe("2");
  });

  it("does nothing without a text", async () => {
    expect((await create({ triggers: ["a"] })).outputs).toEqual({ triggers: ["a"], stdout: "", stderr: "" });
  });

  it("runs `update`, else `create` again, and hands it what was printed before", async () => {
    const text = 'echo "$PULUMI_COMMAND_STDOUT,$PULUMI_COMMAND_STDERR"';
    const old = { create: text, stdout: "one", stderr: "two" };
    const update = (inputs: Props) => command.update("id", {}, old, inputs, contextOf(urn));
    expect(await update({ create: text })).toMatchObject({ stdout: "one,two" });
    expect(await update({ create: "false", update: text })).toMatchObject({ stdout: "one,two" });
    expect(await update({ create: text, addPreviousOutputInEnv: false })).toMatchObject({ stdout: "," });
  });

  it("deletes with the text in the state", async () => {
    const log = join(folder, "deleted");
    await command.delete("id", {}, { delete: `echo "$A" > ${log}`, environment: { A: "gone" } }, contextOf(urn));
    expect(readFileSync(log, "utf8")).toBe("gone\n");
  });

  it("fails with the status, the text and all that was printed", async () => {
    await expect(create({ create: 'echo "out"; echo err >&2; exit 3' })).rejects.toThrow(
      /^exit status 3: running "echo \\"out\\"; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/,
    );
    await expect(create({ create: "true", dir: "/nowhere" })).rejects.toThrow(
      /in \/nowhere: no such file or directory/,
    );
  });

  it("shows the lines that `logging` asks for", async () => {
    const shown = async (logging?: string) => {
      const context = contextOf(urn);
      await command.create({ create: "printf 'a\nb'; printf c >&2", ...(logging && { logging }) }, context);
      return context.lines.sort();
    };
    expect(await shown()).toEqual(["a", "b", "c"]);
    expect(await shown("stdout")).toEqual(["a", "b"]);
    expect(await shown("none")).toEqual([]);
  });

  it("kills the command and what it started when aborted", async () => {
    const pids = join(folder, "pids");
    const abort = new AbortController();
    const running = command.create({ create: `sleep 60 & echo $! > ${pids}; wait` }, contextOf(urn, abort.signal));
    await sleep(300);
    abort.abort();
    await expect(running).rejects.toThrow(/^signal: killed: running/);
    expect(runs(Number(readFileSync(pids, "utf8")))).toBe(false);
  });
});
