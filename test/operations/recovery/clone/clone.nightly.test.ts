import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readBasePoints } from "../../../../operations/recovery/clone/base-points.ts";
import { docker } from "../../database/rig.ts";
import { position, startWriter, type Written } from "../writer.ts";
import { createRig, onSharedBlocks, type Rig } from "./rig.ts";

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

onSharedBlocks("a clone of a base point", () => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await createRig();
  });
  afterAll(() => rig?.remove());

  const rowsOf = async (container: string) =>
    (await rig.query(container, "select id from events order by id")).map(({ id }) => id as number);
  const since = async <T>(work: () => Promise<T>): Promise<[T, string[]]> => {
    const from = rig.log.length;
    return [await work(), rig.log.slice(from)];
  };

  /** Runs `mark` in the middle of a stream of writes. */
  async function amid<T>(mark: () => Promise<T>): Promise<{ marked: T; written: Written[] }> {
    const writer = await startWriter(rig.container);
    await sleep(700);
    const marked = await mark();
    await sleep(700);
    return { marked, written: await writer.stop() };
  }

  function expectExact(rows: number[], written: Written[], lsn: string): void {
    const target = position(lsn);
    const must = written.filter(({ after }) => after <= target).map(({ id }) => id);
    const mustNot = written.filter(({ before }) => before >= target).map(({ id }) => id);
    expect(must.length).toBeGreaterThan(10);
    expect(mustNot.length).toBeGreaterThan(10);
    expect(rows).toEqual(expect.arrayContaining(must));
    expect(rows.filter((id) => mustNot.includes(id))).toEqual([]);
    expect(rows).toEqual(Array.from({ length: rows.length }, (_, at) => at + 1));
  }

  it("is possible at once: the first base point is taken when a generation is set up, and then no other", async () => {
    const [first, ...others] = await rig.points();
    expect(first).toMatch(/^base-\d{8}T\d{6}Z-[0-9a-f]{6}$/);
    expect(others).toEqual([]);
  });

  it("goes back to a backup point, which takes a base point of its own first", async () => {
    const { marked, written } = await amid(() => rig.backup());
    const taken = await rig.points();
    expect(taken).toHaveLength(2);
    const material = await rig.base({ kind: "name", name: marked.name });
    const [made, said] = await since(() => rig.restore({ material, expected: { head: "", point: marked.name } }));
    expectExact(await rowsOf(made.container), written, marked.lsn);
    expect(made).toMatchObject({ state: "ready", way: "clone", base: taken[1], timeline: 2 });
    expect(said).toContainEqual(`making ${made.generation} of the base point ${taken[1]} of initial, by clone`);
    expect(rig.journal.at(-1)).toMatchObject({ event: "restored", way: "clone", base: taken[1] });
    const [, point] = await readBasePoints(docker, rig.container);
    expect(position(made.stopLsn!) - position(point!.startLsn)).toBe(BigInt(made.walBytes));
  });

  it("goes back to a time, from the newest base point before it", async () => {
    await rig.take();
    await sleep(1100);
    const { marked } = await amid(async () => (await rig.sql("select clock_timestamp()::text as at"))[0]!.at as string);
    const at = new Date(marked).toISOString();
    const [, , third] = await rig.points();
    await rig.take();
    const made = await rig.restore({ material: await rig.base({ kind: "time", at, inclusive: false }) });
    const stamped = await rig.sql(`select id from events where pg_xact_commit_timestamp(xmin) < '${at}' order by id`);
    expect(await rowsOf(made.container)).toEqual(stamped.map(({ id }) => id));
    expect(made).toMatchObject({ way: "clone", base: third, tail: "archived" });
  });

  it("goes back to just before an LSN, and shares its blocks with the generation that it comes from", async () => {
    const { marked, written } = await amid(
      async () => (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn"))[0]!.lsn as string,
    );
    await rig.sql("create table bulk as select md5(n::text) from generate_series(1, 1000000) n");
    // Else the first who reads a row notes in its page that it is committed, and the page is written.
    await rig.sql("vacuum freeze bulk");
    await rig.take();
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const earlier = await rig.restore({ material: await rig.base({ kind: "lsn", lsn: marked, inclusive: false }) });
    expectExact(await rowsOf(earlier.container), written, marked);
    expect(earlier.way).toBe("clone");
    const used = async () =>
      Number(await rig.sh(rig.container, "df --output=used -B1 /var/lib/postgresql/data | tail -n 1"));
    const before = await used();
    const made = await rig.restore({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) });
    expect(made.way).toBe("clone");
    expect(made.bytes).toBeGreaterThan(90e6);
    // WAL of its own, but none of the 65 MB of the table.
    const wal = Number((await rig.sh(made.container, 'du -s -B1 "$PGDATA/pg_wal"')).split("\t")[0]);
    expect((await used()) - before - wal).toBeLessThan(25e6);
    expect(await rig.query(made.container, "select count(*)::int as rows from bulk")).toEqual([{ rows: 1_000_000 }]);
  });

  it("goes back once more, by a clone of what was restored", async () => {
    const first = await rig.restore({});
    expect(first.way).toBe("pgbackrest");
    await rig.setUp(first);
    expect(await rig.points(first.container)).toHaveLength(1);
    await rig.query(first.container, "create table second as select 1 as one");
    const [mark] = await rig.query(first.container, "select pg_create_restore_point('second')::text as lsn");
    const [{ segment }] = (await rig.query(
      first.container,
      "drop table second; select pg_walfile_name(pg_switch_wal()) as segment",
    )) as [{ segment: string }];
    const archived = () => rig.query(first.container, "select last_archived_wal as segment from pg_stat_archiver");
    await expect.poll(archived, { timeout: 20_000 }).toEqual([{ segment }]);
    const stop = { kind: "lsn", lsn: mark!.lsn as string, inclusive: false } as const;
    const again = await rig.restore({ from: first.generation, material: await rig.base(stop, first.generation) });
    expect(again).toMatchObject({ way: "clone", timeline: 3 });
    expect(await rig.query(again.container, "select one from second")).toEqual([{ one: 1 }]);
  });

  it("is not made of one whose taking was killed, or that is being removed", async () => {
    const before = await rig.points();
    await rig.sh(
      rig.container,
      `cd /var/lib/postgresql/data/bases
      switchback-base-point take 8 schedule >/dev/null 2>&1 & pid=$!
      until ls -d *.new >/dev/null 2>&1; do :; done
      kill -9 $pid`,
    );
    const folders = () => rig.sh(rig.container, "ls /var/lib/postgresql/data/bases");
    expect(await folders()).toContain(".new");
    const newest = before.at(-1)!;
    await rig.sh(rig.container, `cd /var/lib/postgresql/data/bases && cp -a --reflink=always ${newest} base-9.old`);
    expect(await rig.points()).toEqual(before);
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const made = await rig.restore({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) });
    expect(made).toMatchObject({ way: "clone", base: newest });
    const { name } = await rig.take();
    expect(await rig.points()).toEqual([...before, name]);
    expect(await folders()).not.toMatch(/\.new|\.old/);
  });

  it("goes on after kill -9 of the operation while it clones", async () => {
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const asked = await rig.ask({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) });
    const child = spawn(process.execPath, ["operations/restore.ts"], {
      env: { ...process.env, SWITCHBACK_RESTORE_GOAL: JSON.stringify(asked.goal), SWITCHBACK_EPOCH: asked.epoch },
      stdio: ["ignore", "ignore", "pipe"],
    });
    for await (const line of createInterface({ input: child.stderr })) if (/^making .*, by clone$/.test(line)) break;
    await sleep(150);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await rig.run(asked)).toMatchObject({ state: "ready", way: "clone" });
    expect(await rowsOf(asked.container)).toEqual(await rowsOf(rig.container));
  });

  it("goes back with the last WAL of a server that is dead", async () => {
    await rig.take();
    await rig.sql("insert into events select max(id) + 1 from events");
    const rows = await rowsOf(rig.container);
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const material = await rig.base({ kind: "lsn", lsn, inclusive: false });
    // A commit, without which what was read may have left WAL that is on no disk yet.
    await rig.sql("insert into events select max(id) + 1 from events");
    await docker.getContainer(rig.container).kill();
    try {
      const made = await rig.restore({ material });
      expect(made).toMatchObject({ way: "clone", tail: "rescued" });
      expect(await rowsOf(made.container)).toEqual(rows);
    } finally {
      await docker.getContainer(rig.container).start();
      await expect.poll(() => rig.sql("select 1").catch(() => []), { timeout: 30_000 }).toHaveLength(1);
    }
  });

  it("is not made where the config says so, and for a backup that is named", async () => {
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const material = await rig.base({ kind: "lsn", lsn, inclusive: false });
    const [made, said] = await since(() => rig.restore({ material, clone: false }));
    expect(made.way).toBe("pgbackrest");
    expect(said).toContainEqual("not by a clone: recovery.clone is off");
  });

  it("is not possible across two filesystems: the backup is restored, and the log says why", async () => {
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const material = await rig.base({ kind: "lsn", lsn, inclusive: false });
    rig.elsewhere = true;
    try {
      const [made, said] = await since(() => rig.restore({ material }));
      expect(made.way).toBe("pgbackrest");
      expect(said).toContainEqual(
        expect.stringMatching(/^not by a clone: the volumes are on two filesystems, or the kernel \(.*\) is older/),
      );
      expect(await rowsOf(made.container)).toEqual(await rowsOf(rig.container));
    } finally {
      rig.elsewhere = false;
    }
  });

  it("is not made of a base point with tablespaces, and none is taken of such a database", async () => {
    const newest = (await rig.points()).at(-1);
    const links = `/var/lib/postgresql/data/bases/${newest}/pgdata/pg_tblspc`;
    await rig.sh(rig.container, `ln -s /tmp ${links}/16400`);
    const [{ lsn }] = (await rig.sql("select pg_current_wal_insert_lsn()::text as lsn")) as [{ lsn: string }];
    const [made, said] = await since(async () =>
      rig.restore({ material: await rig.base({ kind: "lsn", lsn, inclusive: false }) }),
    );
    expect(made.way).toBe("pgbackrest");
    expect(said).toContainEqual(
      `not by a clone: the base point ${newest} has tablespaces, whose links lead to the data of today`,
    );
    await rig.sh(rig.container, `rm ${links}/16400; mkdir /tmp/space`);
    await rig.sql("create tablespace space location '/tmp/space'");
    const before = await rig.points();
    expect(await rig.take()).toEqual({ refused: "the database has tablespaces, which lie elsewhere" });
    expect(await rig.backup()).toMatchObject({ name: expect.stringMatching(/^safety-/) });
    expect(await rig.points()).toEqual(before);
    await rig.sql("drop tablespace space");
  });

  it("gives the blocks of the oldest one back when the disk gets full, instead of taking one", async () => {
    const before = await rig.points();
    await rig.sh(
      rig.container,
      `cd /var/lib/postgresql/data; set -- $(df -B1 --output=avail,size . | tail -n 1); fallocate -l $(($1 - $2 / 20)) filler`,
    );
    try {
      expect(await rig.take()).toEqual({ refused: `less than a tenth of the disk is free; ${before[0]} was removed` });
      expect(await rig.points()).toEqual(before.slice(1));
    } finally {
      await rig.sh(rig.container, "rm /var/lib/postgresql/data/filler");
    }
  });

  it("keeps as many base points as it is told, the newest", async () => {
    const { name } = await rig.take(2);
    const kept = await rig.points();
    expect(kept).toHaveLength(2);
    expect(kept[1]).toBe(name);
    expect(await rig.take(0)).toEqual({ refused: "none is kept" });
    expect(await rig.points()).toEqual([]);
  });
});
