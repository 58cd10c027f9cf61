import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ask } from "./load.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => rig.run());
afterAll(() => rig.remove());

const route = (words: string) => rig.sh(rig.router, `switchback-route ${words}`);

it("moves the traffic by hand, says who and why, and refuses the operation that says otherwise", async () => {
  expect(await route('blue --because "green leaks" --by ada')).toContain("blue (release 1.0.0), mode serve");
  expect((await ask(rig.url)).color).toBe("blue");
  const { status } = await rig.state();
  expect(status.override).toMatchObject({ color: "blue", who: "ada", why: "green leaks" });
  await expect(rig.run()).rejects.toThrow(
    /ada routed to blue by hand at .* \(green leaks\), but the goal says green; keep it: pulumi config set activeColor blue; or end it: docker exec <stack>-router switchback-route --clear/,
  );
  expect((await ask(rig.url)).color).toBe("blue");
  await route("--clear");
});

it("ends with --clear, which puts back what the last operation wanted", async () => {
  await route('blue --because "green leaks"');
  await route("--clear");
  const { file, memory } = await rig.state();
  expect([file!.override, memory!.color]).toEqual([null, "green"]);
  await expect(route("--clear")).rejects.toThrow("expected an override, got none");
});

it("ends when an operation wants the same color", async () => {
  await route('blue --because "green leaks"');
  await rig.run({ pointer: { color: "blue" } });
  expect((await rig.state()).file).toMatchObject({ override: null, marker: { pending: null } });
});

it("refuses a color that is not ready, and asks for a reason", async () => {
  await rig.sh(`${rig.stack}-blue-web-1`, "touch /tmp/sick");
  await expect(route('blue --because "try"')).rejects.toThrow(
    `expected ${rig.stack}-blue-web-1 to be ready, got 503 (000: no answer); nothing has moved`,
  );
  await rig.sh(`${rig.stack}-blue-web-1`, "rm /tmp/sick");
  await expect(route("blue")).rejects.toThrow("expected --because");
  expect((await ask(rig.url)).color).toBe("green");
});

it("works while an operation is half done, and takes its right to act", async () => {
  const { goal } = rig.goal({ pointer: { color: "blue" } });
  const begin = { op: "pend", epoch: "half", goal: "g", pointer: goal.pointer, targets: { colors: goal.colors } };
  await rig.write(begin);
  await route('blue --because "now"');
  await expect(rig.write({ op: "point", epoch: "half", pointer: goal.pointer })).rejects.toThrow(
    "epoch half may not act",
  );
  await route("--clear");
  expect((await ask(rig.url)).color).toBe("green");
  expect((await rig.state()).file!.marker!.pending).not.toBeNull();
});

it("works without a router.json, from what the last operation left", async () => {
  await rig.sh(rig.router, "rm /var/lib/switchback/router.json");
  await rig.restart();
  expect((await ask(rig.url)).status).toBe(503);
  await route('blue --because "the volume was cleaned"');
  expect(await ask(rig.url)).toMatchObject({ status: 200, color: "blue" });
  await expect(rig.run()).rejects.toThrow("routed to blue by hand");
  await rig.run({ pointer: { color: "blue" } });
});

it("prints the status", async () => {
  expect(JSON.parse(await route("status"))).toMatchObject({ color: "green", release: "1.1.0", mode: "serve" });
});
