import { expect, it } from "vitest";
import { releaseSchema } from "../../stacks/release.ts";

const release = (schema: unknown) =>
  releaseSchema.safeParse({ services: { orders: { local: true } }, releaseSet: "orders", schema });

it("names migrations by number, by text or by a tool's revision", () => {
  expect(release({ target: 3, min: "0001" }).data?.schema).toEqual({ target: "3", min: "0001" });
  expect(release({ target: "ae1027a6acf", min: "5f2c9d3b1e0" }).success).toBe(true);
  expect(release(undefined).data?.schema).toBeUndefined();
  expect(release({ target: "no such/thing", min: 1 }).success).toBe(false);
  expect(release({ target: 3 }).success).toBe(false);
});
