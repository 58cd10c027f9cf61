import { afterAll, beforeAll, expect, it } from "vitest";
import { databaseImage, docker } from "../../database/rig.ts";
import { createRig, onSharedBlocks, type Rig } from "./rig.ts";

onSharedBlocks("the scheduler of base points", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig();
  });
  afterAll(() => rig?.remove());

  /** As the component does: the data is mounted read-only, and there is no network. */
  async function start(keep: number, seconds: number): Promise<void> {
    const name = `${rig.stack}-scheduler`;
    await docker
      .getContainer(name)
      .remove({ force: true })
      .catch(() => {});
    const container = await docker.createContainer({
      name,
      Image: databaseImage,
      Entrypoint: ["switchback-scheduler"],
      User: "0",
      Env: [
        ...["SWITCHBACK_GENERATION=initial", "SWITCHBACK_DATABASE=app", "SWITCHBACK_FULL_HOURS=0"],
        ...["SWITCHBACK_DIFF_HOURS=0", "SWITCHBACK_INCR_HOURS=0", "SWITCHBACK_RETENTION_DAYS=90"],
        ...[`SWITCHBACK_BASE_POINTS=${keep}`, `SWITCHBACK_BASE_POINT_SECONDS=${seconds}`, "SWITCHBACK_TICK_SECONDS=1"],
      ],
      Labels: { "switchback.test": "clone", "switchback.stack": rig.stack },
      HostConfig: {
        NetworkMode: "none",
        Init: true,
        SecurityOpt: ["no-new-privileges"],
        Binds: [
          `${rig.container}:/var/lib/postgresql/data:ro`,
          `${rig.stack}-backups:/var/lib/pgbackrest`,
          `${rig.stack}-records:/records`,
        ],
      },
    });
    await container.start();
  }
  const logs = async () => (await docker.getContainer(`${rig.stack}-scheduler`).logs({ stdout: true })).toString();
  const slow = { timeout: 40_000, interval: 300 };

  it("lets the server take one as often as it is told, and keeps the newest", async () => {
    const [first] = await rig.points();
    await start(2, 2);
    await expect.poll(async () => (await rig.points()).includes(first!), slow).toBe(false);
    const kept = await rig.points();
    expect(kept.length).toBeLessThanOrEqual(2);
    await expect.poll(logs, slow).toContain(`base point ${kept.at(-1)}`);
  });

  it("takes none while the newest is young enough", async () => {
    const before = await rig.points();
    await start(2, 3600);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(await rig.points()).toEqual(before);
  });

  it("says once why there can be none, and goes on with everything else", async () => {
    await rig.sh(rig.container, "mkdir /tmp/space");
    await rig.sql("create tablespace space location '/tmp/space'");
    await start(2, 1);
    await expect.poll(logs, slow).toContain("no base point: the database has tablespaces, which lie elsewhere");
    const seen = async () => Number((await rig.sql("select seq::int from switchback.heartbeat"))[0]!.seq);
    const beaten = await seen();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect((await logs()).split("no base point").length).toBe(2);
    expect(beaten).toBeGreaterThan(0);
    await rig.sql("drop tablespace space");
  });

  it("removes those that are there when none is to be kept any more", async () => {
    expect(await rig.points()).not.toEqual([]);
    await start(0, 3600);
    await expect.poll(() => rig.points(), slow).toEqual([]);
  });
});
