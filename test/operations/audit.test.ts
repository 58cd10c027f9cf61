import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect } from "../../operations/live/docker.ts";
import { keeperImage } from "../../operations/live/keeper.ts";
import { takeLock } from "../../operations/live/lock.ts";
import { ensureRecords } from "../../operations/live/records.ts";
import { removeLabelled } from "../../scripts/leftovers.ts";

const docker = connect();
const stack = `test-${randomBytes(3).toString("hex")}`;
beforeAll(async () => {
  await ensureRecords(docker, stack);
  // It says that there is a database; which is as far as an audit gets here.
  await docker.createContainer({
    name: `${stack}-pooler`,
    Image: keeperImage,
    Cmd: ["true"],
    Env: ["SWITCHBACK_DATABASE=app"],
    Labels: { "switchback.stack": stack },
  });
});
afterAll(() => removeLabelled(docker, [`switchback.stack=${stack}`]));

const audit = () =>
  promisify(execFile)(process.execPath, ["operations/audit.ts", stack]).then(
    ({ stdout }) => stdout,
    ({ stderr }: { stderr: string }) => stderr,
  );

it("is no more than any other operation made beside an update", async () => {
  const lock = await takeLock(docker, stack, "up");
  expect(await audit()).toMatch(/^error: expected no other operation on \S+, got: up by /);
  await lock.release();
  expect(await audit()).not.toContain("expected no other operation");
});
