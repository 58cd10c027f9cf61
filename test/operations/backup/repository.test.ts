import { afterAll, beforeAll, expect, it } from "vitest";
import { docker } from "../database/rig.ts";
import { createRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({
    repository:
      "[global]\nrepo1-path=/var/lib/pgbackrest/elsewhere\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=a long pass phrase\n",
  });
});
afterAll(() => rig?.remove());

it("keeps backups and WAL where and how the options say: here encrypted, at another path", async () => {
  await rig.backup();
  const found = await rig.sh(
    rig.container,
    "cd /var/lib/pgbackrest; ls; head -c 8 elsewhere/backup/initial/backup.info",
  );
  expect(found).toBe("elsewhere\nlock\nSalted__");
});

it("refuses to begin anew where the data was lost, by what that repository has", async () => {
  await docker.getContainer(rig.container).stop();
  await docker.getContainer(rig.container).start();
  const wiped = "rm -rf /var/lib/postgresql/data/pgdata; kill -9 -1";
  await rig.sh(rig.container, wiped).catch(() => {});
  await expect
    .poll(async () => `${await docker.getContainer(rig.container).logs({ stderr: true })}`, { timeout: 20_000 })
    .toContain("got none, but its backups are there; restore them");
});
