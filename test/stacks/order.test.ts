import { expect, it } from "vitest";
import { changeOf } from "../../stacks/change.ts";
import { orderOf, wayBack } from "../../stacks/order.ts";
import { schemaChange } from "../../stacks/schema-change.ts";
import { type DatabaseSetting, databaseSetting } from "./database-setting.ts";

function told(setting: DatabaseSetting) {
  const { plan, live } = databaseSetting(setting);
  const schema = schemaChange(plan, live);
  const change = changeOf(plan, live, schema);
  return { order: orderOf(plan, change, schema), back: wayBack(plan, change, schema) };
}

it("tells a level 2 change step by step, and that only level 2 goes back over it", () => {
  const { order, back } = told({
    active: "blue",
    serving: "green",
    releases: { blue: "1.1.0", green: "2.1.0" },
    head: "4",
    open: { blue: false, green: true },
  });
  expect(order).toEqual([
    "a safety backup is taken",
    "requests wait in the router, for at most 10 s in all; those on green get 3 s to end",
    "green loses the database",
    "the schema goes down in one transaction: 4_step",
    "blue gets the database and must be ready, else the schema goes back",
    "the waiting requests go to blue",
    "green is drained: 30 s for requests, 60 s for WebSockets",
  ]);
  expect(back).toBe("level 2 goes back to green 2.1.0: it does not accept the schema 3");
});

it("tells a switch, after which a switch goes back", () => {
  const { order, back } = told({
    active: "blue",
    serving: "green",
    releases: { blue: "1.1.0", green: "2.0.0" },
    head: "3",
  });
  expect(order).toEqual([
    "blue passes the gate, and new requests go to it",
    "green is drained: 30 s for requests, 60 s for WebSockets",
  ]);
  expect(back).toMatch(/^level 1 goes back to green 2\.0\.0, until the schema leaves what it accepts/);
});

it("tells nothing when nothing moves", () => {
  expect(told({ active: "blue", releases: { blue: "1.1.0", green: "2.0.0" }, head: "3" }).order).toEqual([]);
});
