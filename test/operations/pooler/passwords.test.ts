import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writeFilesIn } from "../../../operations/files/container-files.ts";
import { runFiles } from "../../../operations/files/operation.ts";
import { readFilesState } from "../../../operations/files/state.ts";
import { rolePassword, scramVerifier } from "../../../stacks/passwords.ts";
import { planPooler, userlistFile } from "../../../stacks/pooler-plan.ts";
import { type ColorName, colors } from "../../../stacks/schema.ts";
import { goalOf, runGoal, secret } from "../database/goal.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

const next = "the next secret of the tests";
let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ session: true });
});
afterAll(() => rig?.remove());

const passwordOf = (color: ColorName, from: string) => rolePassword(from, rig.stack, `app_${color}`);

/** Gives the colors passwords of these secrets, in the server and then in the pooler. */
async function give(from: Readonly<Record<ColorName, string>>) {
  const goal = goalOf(rig);
  const role = (color: ColorName) => ({
    name: `app_${color}`,
    verifier: scramVerifier(from[color], rig.stack, `app_${color}`),
  });
  await runGoal({ ...goal, roles: { ...goal.roles, blue: role("blue"), green: role("green") } });
  const users = colors.map((color) => ({ role: `app_${color}`, password: passwordOf(color, from[color]) }));
  const { goal: files } = planPooler(rig.stack, "10.0.0.0/22", users);
  const result = await runFiles({
    docker,
    goal: files,
    epoch: randomBytes(6).toString("hex"),
    reason: "a test",
    actor: "test",
    journal: async () => ({ at: "" }),
    log: () => {},
  });
  return { ...result, state: await readFilesState(docker, files) };
}

async function login(color: ColorName, from: string): Promise<string> {
  const like = rig.client(color);
  const client = new pg.Client({
    host: like.host,
    port: like.port,
    user: `app_${color}`,
    database: `app_${color}`,
    password: passwordOf(color, from),
  });
  try {
    await client.connect();
    await client.query("select 1");
    return "in";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => {});
  }
}

const answers = (client: pg.Client) =>
  client.query("select 1").then(
    () => "yes",
    () => "no",
  );

it("takes the first passwords and cuts nobody", async () => {
  const [blue, green] = [await rig.open("blue"), await rig.open("green")];
  await writeFilesIn(docker, rig.pooler, [{ path: userlistFile, content: "", mode: 0o444, uid: 0 }]);
  expect(await give({ blue: secret, green: secret })).toMatchObject({
    written: [userlistFile],
    state: { differing: [] },
  });
  expect([await answers(blue), await answers(green)]).toEqual(["yes", "yes"]);
  await blue.end();
  await green.end();
});

it("lets one color in with its new password alone, cuts what the old one had opened, and leaves the other color alone", async () => {
  const blue = await rig.open("blue");
  const session = await rig.open("blue", "app_blue_session");
  const green = await rig.open("green");
  await green.query("begin");
  expect(await give({ blue: next, green: secret })).toMatchObject({
    written: [userlistFile],
    state: { marker: { pending: null }, differing: [] },
  });
  expect([await answers(blue), await answers(session)]).toEqual(["no", "no"]);
  expect(await answers(green)).toBe("yes");
  await green.query("commit");
  await green.end();
  expect(await login("blue", next)).toBe("in");
  expect(await login("blue", secret)).toMatch(/authentication failed/);
  expect(await login("green", secret)).toBe("in");
});

it("keeps a closed color closed", async () => {
  await rig.write({ op: "set", epoch: "e1", open: { blue: false, green: true } });
  await give({ blue: secret, green: secret });
  expect((await rig.state()).acting.open).toEqual({ blue: false, green: true });
  expect(await login("blue", secret)).not.toBe("in");
  await rig.write({ op: "set", epoch: "e2", open: { blue: true, green: true } });
  expect(await login("blue", secret)).toBe("in");
});

it("goes on with its passwords after a restart, and cuts nobody then", async () => {
  await rig.restart();
  const green = await rig.open("green");
  await give({ blue: secret, green: secret });
  expect(await answers(green)).toBe("yes");
  await green.end();
});
