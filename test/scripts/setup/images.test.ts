import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../../operations/live/docker.ts";
import { hashContext } from "../../../scripts/setup/context.ts";
import { imageStep, judge, type ProjectImage } from "../../../scripts/setup/images.ts";
import { readImageRecord } from "../../../stacks/image-record.ts";

const docker = connect();
let work: string;
let folder: string;
let image: ProjectImage;
let record: string;

beforeEach(() => {
  work = mkdtempSync(path.join(tmpdir(), "switchback-images-"));
  folder = path.join(work, "context");
  mkdirSync(folder);
  writeFileSync(path.join(folder, "Dockerfile"), 'FROM debian:trixie-slim\nARG WORD\nENV WORD="$WORD"\n');
  record = path.join(work, "record", "images.json");
  const reference = `switchback-test/${randomBytes(4).toString("hex")}:1`;
  image = { reference, folder, buildArgs: { WORD: "one" } };
});
afterEach(async () => {
  await docker
    .getImage(image.reference)
    .remove({ force: true })
    .catch(() => {});
  rmSync(work, { recursive: true });
});

test("a missing image is built, labelled and recorded; the second time nothing is left to do", async () => {
  const step = imageStep(image, record);
  expect(await step.check()).toEqual({ done: false, detail: "not there" });
  await step.run(() => {});
  const { Id, Config } = await docker.getImage(image.reference).inspect();
  expect(Config.Env).toContain("WORD=one");
  expect(readImageRecord(record)).toEqual({ [image.reference]: Id });
  expect((await imageStep({ ...image }, record).check()).done).toBe(true);
});

test("an image that is there and not recorded is recorded without a build", async () => {
  await imageStep(image, record).run(() => {});
  const before = readFileSync(record, "utf8");
  rmSync(path.dirname(record), { recursive: true });
  const said: string[] = [];
  const step = imageStep(image, record);
  expect(await step.check()).toEqual({ done: false, detail: "there, and not recorded yet" });
  await step.run((line) => said.push(line));
  expect(said).toEqual([]);
  expect(readFileSync(record, "utf8")).toBe(before);
});

test("a failing build says which image, why, and what the builder printed last", async () => {
  writeFileSync(path.join(folder, "Dockerfile"), "FROM debian:trixie-slim\nRUN echo almost; exit 7\n");
  await expect(imageStep({ ...image, buildArgs: {} }, record).run(() => {})).rejects.toThrow(
    /expected to build switchback-test.*returned a non-zero code: 7[\s\S]*almost/,
  );
});

const found = { id: "sha256:aaaaaaaaaaaaaaaa", source: "s" };

test("an image whose source changed is built again and said to move under its tag", () => {
  expect(judge({ found: { ...found, source: "old" }, source: "s", recorded: found.id })).toEqual({
    action: "build",
    detail: "its source changed; it gets a new id under the old tag",
  });
});

test("an image swapped under its tag is built again from source, not recorded", () => {
  expect(judge({ found, source: "s", recorded: "sha256:bbbbbbbbbbbbbbbb" })).toEqual({
    action: "build",
    detail: "recorded as bbbbbbbbbbbb, but the tag is now aaaaaaaaaaaa",
  });
});

test("the hash of a context changes with a name, a mode, a content and a build argument", () => {
  const file = { name: "a", executable: false, content: Buffer.from("x") };
  const hashes = [
    hashContext([file], {}),
    hashContext([{ ...file, name: "b" }], {}),
    hashContext([{ ...file, executable: true }], {}),
    hashContext([{ ...file, content: Buffer.from("y") }], {}),
    hashContext([file], { RELEASE: "1.0.0" }),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
});
