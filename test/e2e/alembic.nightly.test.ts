import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { execOk } from "../../operations/live/docker.ts";
import { alembicStack, type Release, repository } from "./alembic.ts";
import { head, query } from "./database.ts";
import { ask, docker, engine, served, type TestStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await alembicStack({ blue: { imageTag: "3.0.0" }, green: null });
}, 600_000);
afterAll(() => stack?.cleanup());

const post = async (order: Record<string, unknown>) =>
  (await ask(`${stack.url}/orders`, { method: "POST", body: JSON.stringify(order) })).status;
const order = async (id: string) => (await ask(`${stack.url}/orders/${id}`)).body;
const revision = async () => (await query(stack, "select version_num from alembic_version"))[0]?.version_num;
const with31 = { blue: { imageTag: "3.0.0" }, green: { imageTag: "3.1.0" } };
const imageOf = async (tag: Release) => (await docker.getImage(`${repository}:${tag}`).inspect()).Id;

it("a stack comes up with the schema where Alembic, in the release's own image, has brought it", async () => {
  await stack.upOk();
  expect([await served(stack), await head(stack), await revision()]).toEqual(["200 blue 3.0.0", "b2", "b2"]);
  expect(await post({ id: "a", price: 2.5 })).toBe(201);
});

it("goes up to the revision that schemaVersion names, in the image of the release that brings it", async () => {
  const { stdout } = await stack.upOk({ colors: with31, activeColor: "green", schemaVersion: "c3" });
  expect(stdout).toMatch(
    /level 2, blue 3\.0\.0 -> green 3\.1\.0 .* the schema goes from b2 to c3 while requests are held/,
  );
  expect([await served(stack), await head(stack), await revision()]).toEqual(["200 green 3.1.0", "c3", "c3"]);
  expect(await order("a")).toBe("250");
  expect(await post({ id: "b", cents: 100 })).toBe(201);
  expect(await query(stack, "select image from switchback.migrations where id = 'c3'")).toEqual([
    { image: await imageOf("3.1.0") },
  ]);
});

it("goes back with the color, in the image that brought the head: that of the release knows nothing of it", async () => {
  await stack.upOk({ activeColor: "blue", schemaVersion: undefined });
  expect([await served(stack), await head(stack), await revision()]).toEqual(["200 blue 3.0.0", "b2", "b2"]);
  expect([Number(await order("a")), Number(await order("b"))]).toEqual([2.5, 1]);
});

it("several heads are refused: nothing has moved, and what served goes on", async () => {
  const colors = { blue: { imageTag: "3.0.0" }, green: { imageTag: "3.2.0" } };
  const { code, stdout } = await stack.up({ colors, activeColor: "green", schemaVersion: "c3" });
  expect(code).not.toBe(0);
  expect(stdout).toMatch(/expected one last revision in sha256:[0-9a-f]+, got 2: (c3, d4|d4, c3); merge them/);
  expect([await served(stack), await head(stack), await revision()]).toEqual(["200 blue 3.0.0", "b2", "b2"]);
  expect(await post({ id: "c", price: 1 })).toBe(201);
  await stack.upOk({
    colors: { blue: { imageTag: "3.0.0" }, green: null },
    activeColor: "blue",
    schemaVersion: undefined,
  });
});

it("the image that brought a revision is kept by gc when nothing but the way back names it any more", async () => {
  for (const tag of ["3.1.0", "3.2.0"]) rmSync(join(stack.dir, `releases/${tag}.yaml`));
  await execOk(docker, `${stack.stack}-records`, ["sh", "-c", "rm -f /records/points/*"]);
  const kept = async () => (await stack.ok("gc", "--engine", engine)).stdout;
  const told = await kept();
  expect(told).toContain(`image ${repository}:3.2.0: no release and no backup point names it`);
  expect(told).not.toContain(`${repository}:3.1.0`);
  await query(stack, "delete from switchback.images where migration = 'c3'");
  expect(await kept()).toContain(`${repository}:3.1.0`);
});
