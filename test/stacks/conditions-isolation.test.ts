import { expect, it } from "vitest";
import { changeOf } from "../../stacks/change.ts";
import { conditionsOf } from "../../stacks/conditions.ts";
import { underIsolation } from "../../stacks/conditions-isolation.ts";
import type { JudgedIsolation } from "../../stacks/judge-isolation.ts";
import type { Live } from "../../stacks/probe.ts";
import type { Change } from "../../stacks/verdict.ts";
import { container, owner, isolationRecord as record, setting, toBlue } from "./setting.ts";

function conditions(
  step: JudgedIsolation["step"],
  config: object,
  changes: Partial<Live> = {},
  more: Partial<Change> = {},
) {
  const { plan, live } = setting({ ...config });
  const found = { ...live, ...changes };
  const isolation: JudgedIsolation = {
    step,
    record: step === "begins" || step === "none" ? undefined : record(),
    goal: undefined,
    epoch: "",
    frozen: step === "begins" || step === "stays",
    fresh: "none",
    published: {},
  };
  const change = { ...changeOf(plan, found), ...more };
  return underIsolation(isolation, plan, found, change, conditionsOf(plan, found, owner)).map(
    ({ name, answer, detail }) => `${answer} ${name}: ${detail}`,
  );
}

const names = (all: readonly string[]) => all.map((one) => one.split(":")[0]);
const broken = { health: { unknown: "no answer" }, images: { unknown: "no answer" }, router: { unknown: "no answer" } };

it("asks nothing of a stack that is to be isolated which could stop it, and says what waits", () => {
  const found = conditions("begins", toBlue, broken);
  expect(names(found)).toEqual(["yes docker", "yes owner", "yes isolate"]);
  expect(conditions("begins", toBlue)[2]).toContain("this waits until it ends: activeColor green -> blue");
});

it("refuses every change of level 1 to 3 while the stack is isolated", () => {
  const refused = (config: object, live: Partial<Live> = {}, more: Partial<Change> = {}) =>
    conditions("stays", config, live, more).at(-1);
  expect(refused({})).toMatch(/^yes isolate: ann isolated the stack at 2026-11-21T10:00:00Z, and it stays$/);
  expect(refused(toBlue)).toMatch(/^no isolate: .*got activeColor green -> blue; a false alarm\?/);
  const other = container("blue");
  const labels = { ...other[1].labels, "switchback.set": "former" };
  const containers = { value: new Map([[other[0], { ...other[1], labels }] as const, container("green")]) };
  expect(refused({}, { containers })).toMatch(/got another release or set of blue/);
  expect(refused({}, {}, { schema: { from: "4", to: "3", held: true } })).toMatch(/got the schema from 4 to 3/);
  expect(refused({}, {}, { data: "to 2026-11-21T09:00:00Z" })).toMatch(/got to 2026-11-21T09:00:00Z/);
  expect(refused({}, { containers: { value: new Map() } })).toMatch(/^yes isolate/);
});

it("lets a false alarm end only by itself, and names the way for one that was none", () => {
  expect(conditions("ends", {}).at(-1)).toMatch(/^yes isolate: .*it ends as a false alarm/);
  expect(conditions("ends", toBlue).at(-1)).toMatch(
    /^no isolate: .*got activeColor green -> blue; .*pulumi config set --path clearance\.by <name>/,
  );
});

it("after a clearance asks nothing of what serves or stands by, since everything is made anew", () => {
  const clearance = { by: "ann", at: "2026-11-21T12:00:00Z" };
  const found = conditions("clears", { ...toBlue, clearance }, { health: { unknown: "no answer" } });
  expect(names(found)).toEqual(["yes docker", "yes owner", "yes router", "yes image", "yes isolate"]);
  expect(found.at(-1)).toContain("ann cleared it: every container is made anew");
});
