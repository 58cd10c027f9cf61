import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { expect } from "vitest";
import type { Lab } from "./lab.ts";
import { blocking, box, fragile, step } from "./resources.ts";
import { scenario } from "./scenario.ts";

const works = (lab: Lab, name: string): void => writeFileSync(join(lab.folder, `${name}-works`), "");
const after = (name: string) => ({ dependsOn: [name] });

scenario("stops at a failure halfway, and the same config converges", async (lab) => {
  const resources = [step("a"), fragile("b", "1", after("a")), step("c", "1", after("b"))];
  await lab.up(resources, { fails: /exit status 1/ });
  expect(lab.effects()).toEqual(["create a 1", "try create b 1"]);
  expect(await lab.preview(resources)).toMatchObject({ b: "create", c: "create" });
  works(lab, "b");
  await lab.up(resources);
  expect(lab.effects().slice(2)).toEqual(["try create b 1", "create c 1"]);
  expect(await lab.preview(resources)).toEqual({});
});

scenario("after a failed update the OLD config takes back what was done, and only that", async (lab) => {
  const resources = (version: string) => [
    step("a", version),
    fragile("b", version, after("a")),
    step("c", version, after("b")),
  ];
  works(lab, "b");
  await lab.up([step("a"), fragile("b", "1", after("a")), step("c", "1", after("b"))]);
  const broken = resources("2").map((one) =>
    one.name === "b" ? { ...fragile("x", "2", after("a")), name: "b" } : one,
  );
  await lab.up(broken, { fails: /exit status 1/ });
  expect(lab.effects().slice(3)).toEqual(["update a 2", "try update x 2"]);
  expect(await lab.preview(resources("1"))).toEqual({ a: "update" });
  await lab.up(resources("1"));
  expect(lab.effects().slice(5)).toEqual(["update a 1"]);
});

scenario("deletes nothing after a failure", async (lab) => {
  await lab.up([step("old"), step("a", "1", after("old"))]);
  await lab.up([step("a", "2"), fragile("b", "1", after("a"))], { fails: /exit status 1/ });
  expect(lab.effects().slice(2)).toEqual(["update a 2", "try create b 1"]);
  works(lab, "b");
  await lab.up([step("a", "2"), fragile("b", "1", after("a"))]);
  expect(lab.effects().slice(4)).toEqual(["try create b 1", "delete old 1"]);
});

scenario("a failed replacement of a container leaves it deleted, and the next up makes the new one", async (lab) => {
  await lab.up([box("box")]);
  await lab.up([box("box", { networksAdvanced: [{ name: "nowhere" }] })], { fails: /nowhere/ });
  await lab.up([box("box", { envs: ["A=2"] })]);
  expect(await lab.containers()).toMatchObject({ box: { running: true, env: ["A=2"] } });
});

scenario(
  "a container that could not start is kept in error, and made anew with replaceOnChanges #initerror",
  async (lab) => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    // With command and entrypoint given, nothing else tells the provider that the container must be made anew.
    const publishing = box(
      "box",
      {
        entrypoints: ["sleep"],
        command: ["infinity"],
        ports: [{ internal: 80, external: port, ip: "127.0.0.1", protocol: "tcp" }],
      },
      { replaceOnChanges: ["#initerror"], deleteBeforeReplace: true },
    );
    await lab.up([publishing], { fails: /address already in use|port is already allocated/ });
    holder.close();
    expect(await lab.preview([publishing])).toEqual({ box: "replace" });
    await lab.up([publishing]);
    expect(await lab.containers()).toMatchObject({ box: { running: true } });
    expect(await lab.preview([publishing])).toEqual({});
    // The port is another one on each engine, and what is compared at the end must not hold it.
    await lab.up([]);
  },
);

scenario("changes nothing when the program throws before its end", async (lab) => {
  await lab.up([step("a")]);
  await lab.up([step("a")], { throws: true, fails: /the program refuses/ });
  await lab.up([], { throws: true, fails: /the program refuses/ });
  expect(lab.effects()).toEqual(["create a 1"]);
});

scenario("keeps in the state what could not be deleted, and tries again", async (lab) => {
  const stuck = step(
    "a",
    "1",
    {},
    { delete: 'echo try delete >> "$PARITY_LOG"; test -e "$PARITY_FOLDER/delete-works"' },
  );
  await lab.up([stuck]);
  await lab.up([], { fails: /exit status 1/ });
  expect(await lab.preview([])).toEqual({ a: "delete" });
  works(lab, "delete");
  await lab.up([]);
  expect(lab.effects()).toEqual(["create a 1", "try delete", "try delete"]);
});

scenario("refuses a second update while one runs", async (lab) => {
  const [running] = await lab.startUp("create a 1", [blocking("a")]);
  await lab.up([blocking("a")], { fails: /lock/i });
  lab.release();
  expect((await running).code).toBe(0);
  expect(lab.effects()).toEqual(["create a 1"]);
});

scenario("an interrupt ends the running command, and the next up goes on", async (lab) => {
  const slow = { ...step("b", "1", after("a"), { create: 'echo create b >> "$PARITY_LOG"; exec sleep 30' }) };
  const [running, child] = await lab.startUp("create b", [step("a"), slow]);
  process.kill(-child.pid!, "SIGINT");
  expect((await running).code).not.toBe(0);
  await lab.up([step("a"), step("b", "1", after("a"))]);
  expect(lab.effects()).toEqual(["create a 1", "create b", "create b 1"]);
});

scenario("kill -9 in a creation: the same config makes what is missing", async (lab) => {
  const resources = [step("a"), blocking("b", "1", after("a")), step("c", "1", after("b"))];
  await lab.killAt("create b 1", resources);
  await unlock(lab);
  await lab.up(resources);
  expect(lab.effects()).toEqual(["create a 1", "create b 1", "create b 1", "create c 1"]);
});

scenario("kill -9 in an update: the NEW config goes on from there", async (lab) => {
  const resources = (version: string) => [
    step("a", version),
    blocking("b", version, after("a")),
    step("c", version, after("b")),
  ];
  lab.release();
  await lab.up(resources("1"));
  lab.hold();
  await lab.killAt("update b 2", resources("2"));
  await unlock(lab);
  expect(await lab.preview(resources("2"))).toEqual({ b: "update", c: "update" });
  await lab.up(resources("2"));
  expect(lab.effects().slice(3)).toEqual(["update a 2", "update b 2", "update b 2", "update c 2"]);
});

scenario("kill -9 in an update: the OLD config takes back what was recorded as done", async (lab) => {
  const resources = (version: string) => [
    step("a", version),
    blocking("b", version, after("a")),
    step("c", version, after("b")),
  ];
  lab.release();
  await lab.up(resources("1"));
  lab.hold();
  await lab.killAt("update b 2", resources("2"));
  await unlock(lab);
  expect(await lab.preview(resources("1"))).toEqual({ a: "update" });
  await lab.up(resources("1"));
  expect(lab.effects().slice(3)).toEqual(["update a 2", "update b 2", "update a 1"]);
});

/** What a user types after a crash; the lock of a dead process may also be cleared by the next `up` itself. */
async function unlock(lab: Lab): Promise<void> {
  if (lab.engine === "pulumi") await lab.quiet(["cancel", "--stack", "lab", "--yes"]);
}
