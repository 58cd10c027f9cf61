import { afterAll, beforeAll, expect, it } from "vitest";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
  await rig.createRouter();
});
afterAll(() => rig?.remove());

const write = async (by: string) => {
  const client = await rig.open("green");
  try {
    await client.query("insert into events (by) values ($1)", [by]);
  } finally {
    await client.end().catch(() => {});
  }
};
/** No Redis: it fails after everybody has lost the database, and before the pooler is moved. */
const failing = () => ({ cache: { container: `${rig.stack}-records`, what: "all" as const } });
const open = async () => (await rig.state()).acting.open;

it.each([
  ["serve", "written"],
  ["readonly", "read-only"],
  ["maintenance", "closed"],
] as const)(
  "with %s, gives everything back when a switch that moves files fails, and makes it when run again",
  async (during, meanwhile) => {
    const from = await rig.serving();
    const generation = await rig.ready({ during });
    const found = await write("meanwhile").then(
      () => "written",
      (error: Error) => (error.message.includes("read-only") ? "read-only" : "closed"),
    );
    expect(found).toBe(meanwhile);
    await expect(rig.promote(generation, { during, remounts: true, ...failing() })).rejects.toThrow();
    expect([(await rig.router()).memory?.mode, await open(), await rig.serving()]).toEqual([
      "serve",
      { blue: true, green: true },
      from,
    ]);
    await write("on the old one");
    await rig.promote(generation, { during, remounts: true });
    expect([(await rig.router()).memory?.mode, await open(), await rig.serving()]).toEqual([
      "maintenance",
      { blue: false, green: false },
      generation,
    ]);
    await expect(write("nobody")).rejects.toThrow();
    await served();
    await write("on the new one");
  },
);

/** What schema and router do after the promotion. */
async function served(): Promise<void> {
  await rig.write({ op: "set", epoch: "schema", open: { blue: true, green: true } });
  await rig.write({ op: "clear", epoch: "schema" });
  const pointer = { ...(await rig.router()).memory!, mode: "serve" };
  for (const request of [
    { op: "pend", epoch: "r2", goal: "g", pointer },
    { op: "point", epoch: "r2", pointer },
    { op: "commit", epoch: "r2", goal: "g", pointer },
  ])
    await rig.sh(`${rig.stack}-router`, `echo '${JSON.stringify(request)}' | switchback-state >/dev/null`);
}
