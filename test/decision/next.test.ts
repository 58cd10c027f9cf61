import { describe, expect, it } from "vitest";
import { readCommandLine } from "../../cli/args.ts";
import { decide } from "../../decision/decide.ts";
import { nextOf } from "../../decision/next.ts";
import { thresholdsOf } from "../../decision/profiles.ts";
import { table } from "../../decision/table.ts";

const calm = decide({}, thresholdsOf("telemetry"));
const names = { stack: "production", service: "orders", container: "production-green-orders-1", idle: "blue" };

describe.each(table.map((row) => [row.name] as const))("what to type for %s", (row) => {
  const { commands } = nextOf({ ...calm, row, reasons: ["because", 'errors: "12" % (minor from 5)'] }, names);

  it("is a command with flags that there is, or a comment", () => {
    for (const line of commands.filter((one) => !/^(#|docker )/.test(one))) {
      const [, words] = /^(?:sleep \d+; )?npx switchback (.*) --stack production$/.exec(line) ?? [line];
      // As a shell takes it apart.
      const argv = (words ?? "").match(/"[^"]*"|\S+/g)!.map((word) => word.replaceAll('"', ""));
      expect(() => readCommandLine(argv), line).not.toThrow();
    }
  });

  it("leaves no gap but a word in capitals", () => {
    expect(commands.join("\n")).not.toMatch(/[{}<>]/);
  });
});
