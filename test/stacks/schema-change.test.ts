import { expect, it } from "vitest";
import { schemaChange } from "../../stacks/schema-change.ts";
import { type DatabaseSetting, databaseSetting } from "./database-setting.ts";

function changed(setting: DatabaseSetting) {
  const { plan, live } = databaseSetting(setting);
  return schemaChange(plan, live);
}

const releases = { blue: "1.1.0", green: "2.0.0" };

it("leaves the head where the release to be active accepts it, so that a flip is level 1", () => {
  const change = changed({ active: "blue", serving: "green", releases, head: "3" });
  expect(change).toMatchObject({ head: "3", direction: "none", closes: [], held: undefined });
});

it("goes back to the nearest head that the release to be active accepts, and closes the color being left", () => {
  const change = changed({
    active: "blue",
    serving: "green",
    releases: { blue: "1.1.0", green: "2.1.0" },
    head: "4",
    open: { blue: false, green: true },
  });
  expect(change).toMatchObject({
    head: "3",
    direction: "down",
    open: { blue: true, green: false },
    closes: ["green"],
    held: "green",
  });
  expect(change?.migrations.map(({ id }) => id)).toEqual(["4"]);
});

it("runs a contract only when schemaVersion names it", () => {
  const given = { active: "green", serving: "blue", releases: { blue: "1.1.0", green: "2.1.0" }, head: "3" } as const;
  expect(changed(given)?.unnamed.map(({ id }) => id)).toEqual(["4"]);
  expect(changed({ ...given, config: { schemaVersion: "4" } })).toMatchObject({
    unnamed: [],
    head: "4",
    closes: ["blue"],
    held: "blue",
  });
});

it("goes up over a contract again without its name, when the config goes back from a change that was not finished", () => {
  const given = { active: "green", releases: { blue: "1.1.0", green: "2.1.0" }, head: "3" } as const;
  const pending = { epoch: "x", goal: "y", since: "2026-01-01T00:00:00Z" };
  expect(changed({ ...given, marker: { pending } })).toMatchObject({ head: "4", unnamed: [] });
  expect(changed(given)?.unnamed).toHaveLength(1);
});

it("takes a database that does not exist yet to the target of the active release, or where both colors fit", () => {
  const fresh = { active: "blue", head: undefined, marker: { goal: "" } } as const;
  expect(changed({ ...fresh, releases: { blue: "1.1.0", green: "1.0.0" } })).toMatchObject({
    live: "",
    head: "2",
    direction: "up",
  });
  expect(changed({ ...fresh, releases })).toMatchObject({ head: "3", open: { blue: true, green: true } });
  expect(changed({ ...fresh, releases: { blue: "1.1.0", green: "2.1.0" } })).toMatchObject({
    head: "2",
    open: { blue: true, green: false },
  });
});

it("lets the head recorded last stand in for a database that does not answer", () => {
  const given = { active: "blue", serving: "green", releases, head: undefined } as const;
  expect(changed({ ...given, recordedHead: "3" })).toMatchObject({ live: "3", direction: "none" });
  expect(changed(given)).toMatchObject({ live: undefined, direction: "none" });
});

it("opens no entry for a color that is absent", () => {
  const { plan, live } = databaseSetting({ active: "blue", releases, head: "3" });
  const green = { ...plan.colors.green, release: undefined, accepts: undefined };
  expect(schemaChange({ ...plan, colors: { ...plan.colors, green } }, live)?.open).toEqual({
    blue: true,
    green: false,
  });
});
