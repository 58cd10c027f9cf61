import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readPoints } from "../../../operations/backup/catalogue.ts";
import { readDatabase } from "../../../operations/database/state.ts";
import { execOk } from "../../../operations/live/docker.ts";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";
import { startS3 } from "./s3.ts";

const canary = { key: "CANARYKEYOFTHEBUCKET", secret: "canary-secret-of-the-bucket" };
const repository = `[global]
repo1-type=s3
repo1-path=/switchback
repo1-s3-endpoint=s3.test
repo1-s3-bucket=backups
repo1-s3-region=eu-west-1
repo1-s3-uri-style=path
repo1-storage-verify-tls=n
repo1-bundle=y
repo1-s3-key=${canary.key}
repo1-s3-key-secret=${canary.secret}
`;

let rig: Rig;
let s3: string;
beforeAll(async () => {
  rig = await createRig({
    repository,
    before: async ({ stack, network }) => {
      s3 = await startS3(stack, network, "backups");
    },
  });
}, 300_000);
afterAll(() => rig?.remove());

const listed = () => execOk(docker, s3, ["curl", "-skf", "https://127.0.0.1/backups?list-type=2&max-keys=10000"]);

it("the first base and the WAL are in the bucket, and nothing of them on the volume", async () => {
  const keys = await listed();
  expect(keys).toContain("switchback/backup/initial/backup.info");
  expect(keys).toMatch(/switchback\/archive\/initial\/17-1\/0000000100000000\/[0-9A-F]{24}-[0-9a-f]{40}\.zst/);
  expect(await rig.sh(rig.container, "ls /var/lib/pgbackrest")).not.toMatch(/archive|backup/);
});

it("a safety backup stands on it, without a gap", async () => {
  await rig.sql("create table orders as select n as id, md5(n::text) as item from generate_series(1, 1000) n");
  const { name } = await rig.backup();
  const point = (await readPoints(docker, rig.stack)).at(-1)!;
  expect(point).toMatchObject({ name, base: { label: expect.stringMatching(/F$/) } });
  const state = await readDatabase(docker, rig.container, "app");
  expect(state).toMatchObject({ reachable: true, archive: { gap: false, repository: expect.any(String) } });
});

it("the database comes back from it as it was at the point", async () => {
  const { name, contents } = (await readPoints(docker, rig.stack)).at(-1)!;
  await rig.sql("delete from orders");
  const from = `pgbackrest --stanza=initial --pg1-path=/tmp/restored`;
  await rig.sh(rig.container, `${from} --type=name --target=${name} --target-action=promote restore`);
  const share = "/usr/local/share/switchback";
  const options = `-c listen_addresses= -c archive_mode=off -c hba_file=${share}/pg_hba.conf -c ident_file=${share}/pg_ident.conf`;
  await rig.sh(
    rig.container,
    `pg_ctl -D /tmp/restored -l /tmp/restored.log -t 60 -w -o "-p 5999 -k /tmp ${options}" start; psql() { command psql -XAtq -h /tmp -p 5999 -U postgres -d app -c "$1"; }; until [ "$(psql 'select pg_is_in_recovery()')" = f ]; do sleep 0.2; done; psql 'select count(*) from orders' >/tmp/count; pg_ctl -D /tmp/restored -m fast stop`,
  );
  expect(await rig.sh(rig.container, "cat /tmp/count")).toBe("1000\n");
  expect(contents).toContainEqual(expect.objectContaining({ table: "public.orders", rows: 1000 }));
});

it("nobody sees the key: not in `docker inspect`, not in a process's arguments or environment, not in a log", async () => {
  const container = docker.getContainer(rig.container);
  let arguments_ = "";
  const watching = setInterval(async () => {
    arguments_ += JSON.stringify(await container.top({ ps_args: "-eo pid,args" }));
  }, 50);
  await rig.sh(rig.container, "pgbackrest --stanza=initial --type=incr backup").finally(() => clearInterval(watching));
  expect(arguments_).toContain("pgbackrest");
  const environments = await rig.sh(rig.container, "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' || true");
  const logs = (name: string) => execFileSync("sh", ["-c", `docker logs "${name}" 2>&1`], { encoding: "utf8" });
  const seen = [JSON.stringify(await container.inspect()), arguments_, environments, logs(rig.container)];
  seen.push(await execOk(docker, `${rig.stack}-records`, ["sh", "-c", "cat /records/points/* /records/markers/*"]));
  expect(seen.filter((text) => text.includes(canary.secret) || text.includes(canary.key))).toEqual([]);
  expect(logs(s3)).not.toContain(canary.secret);
});

it("a bucket that refuses says so in the safety backup, and nothing has moved", async () => {
  const before = await readPoints(docker, rig.stack);
  await docker.getContainer(s3).pause();
  try {
    await expect(rig.backup()).rejects.toThrow();
  } finally {
    await docker.getContainer(s3).unpause();
  }
  expect(await readPoints(docker, rig.stack)).toEqual(before);
  await rig.backup();
});
