import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { acceptedBy, readLineage } from "../stacks/lineage.ts";
import { readRelease } from "../stacks/release.ts";

const errors: string[] = [];
const lineage = readLineage("migrations", errors);

test("the migrations of the reference application keep to their marks", () => {
  expect(errors).toEqual([]);
  expect(lineage.migrations.map(({ id, kind, down, loses }) => [id, kind, down, ...loses].join(" "))).toEqual([
    "1 expand lossy orders",
    "2 expand lossy orders.currency",
    "3 expand reversible",
    "4 contract lossy orders.discount_cents",
  ]);
});

test("each release of the reference application accepts the heads up to the contract that it does not know", () => {
  const heads = ["1", "2", "3", "4"];
  const accepted = readdirSync("releases").map((file) => {
    const tag = file.replace(/\.yaml$/, "");
    const { accepts } = acceptedBy(lineage, readRelease(tag, errors)?.schema);
    return `${tag}: ${heads.filter(accepts).join(" ")}`;
  });
  expect(errors).toEqual([]);
  expect(accepted).toEqual(["1.0.0: 1 2 3", "1.1.0: 2 3", "2.0.0: 3", "2.1.0: 4"]);
});
