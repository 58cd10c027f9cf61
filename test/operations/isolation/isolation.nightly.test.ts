import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exportVolume } from "../../../operations/evidence/export.ts";
import { asideOf } from "../../../operations/isolation/aside.ts";
import { readEvidence } from "../../../operations/isolation/evidence.ts";
import { readIsolation } from "../../../operations/isolation/record.ts";
import { takeEvidence } from "../../../operations/isolation/take.ts";
import { exec, execOk } from "../../../operations/live/docker.ts";
import { appendJournal, readJournal } from "../../../operations/live/journal.ts";
import { docker, makeRig, type Rig } from "./rig.ts";

let rig: Rig;
beforeEach(async () => {
  rig = await makeRig();
}, 60_000);
afterEach(() => rig.cleanup(), 60_000);

const moved = ["blue-web-1", "cache", "database-initial"];
const networksOf = async (name: string) => Object.keys((await rig.inspect(name)).NetworkSettings.Networks).sort();
const isolated = () => [`${rig.stack}-isolation`];

it("cuts every container from every network while it runs on, and keeps evidence of it", async () => {
  const before = await Promise.all([...moved, "router"].map((name) => rig.inspect(name)));
  await rig.run({ state: "isolated" });
  for (const name of moved) expect(await networksOf(name), name).toEqual(isolated());
  expect(await networksOf("router")).toEqual([`${rig.stack}-blue`]);
  const after = await Promise.all([...moved, "router"].map((name) => rig.inspect(name)));
  expect(after.map(({ State }) => [State.Running, State.Pid])).toEqual(before.map(({ State }) => [true, State.Pid]));
  expect(after.map(({ HostConfig }) => HostConfig.RestartPolicy?.Name)).toEqual(["no", "no", "no", "unless-stopped"]);
  expect((await rig.inspect("scheduler")).State).toMatchObject({ Running: true, Paused: true });
  const [evidence] = await readEvidence(docker, rig.stack);
  expect(evidence).toMatchObject({
    kind: "isolation",
    reason: "a drill",
    copied: [{ name: `${rig.stack}-web-files` }],
    left: [
      { name: `${rig.stack}-database-initial`, why: "kept where it is" },
      { name: `${rig.stack}-records`, why: "kept where it is" },
    ],
  });
  const inEvidence = (line: string) => execOk(docker, evidence!.name, ["sh", "-c", `cd /data; ${line}`]);
  expect(await inEvidence("sha256sum --quiet -c MANIFEST.sha256 && sha256sum MANIFEST.sha256")).toContain(
    evidence?.manifest,
  );
  expect(await inEvidence(`tar -xOf volumes/${rig.stack}-web-files.tar ./a`)).toBe("precious\n");
  const web = `containers/${rig.stack}-blue-web-1`;
  expect(await inEvidence(`cat ${web}/logs.txt`)).toMatch(/ready$/m);
  expect(await inEvidence(`cat ${web}/diff.json`)).toContain("/tmp/dropped");
  expect(await inEvidence(`cat ${web}/processes.json`)).toContain("sleep 3600");
  expect(JSON.parse(await inEvidence(`cat ${web}/inspect.json`)).HostConfig.RestartPolicy.Name).toBe("no");
  expect((await readJournal(docker, rig.stack)).map(({ event }) => event)).toEqual(["isolated", "evidence"]);
});

it("lets nothing out, nothing in, and nothing from one to the other", async () => {
  await execOk(docker, `${rig.stack}-cache`, ["sh", "-c", "command -v bash"]);
  const reaches = async (from: string, address: string, port: number) =>
    (await exec(docker, `${rig.stack}-${from}`, ["timeout", "2", "bash", "-c", `echo > /dev/tcp/${address}/${port}`]))
      .stderr;
  const gateway = (await docker.getNetwork("bridge").inspect()).IPAM?.Config?.[0]?.Gateway ?? "172.17.0.1";
  expect(await reaches("cache", gateway, 1)).toContain("refused");
  await rig.run({ state: "isolated" });
  expect(await reaches("cache", gateway, 1)).not.toContain("refused");
  const web = (await rig.inspect("blue-web-1")).NetworkSettings.Networks[isolated()[0]!]?.IPAddress ?? "";
  expect(web).toMatch(/^\d/);
  expect(await reaches("cache", web, 1)).not.toContain("refused");
});

it("goes on after a kill, and still knows what was before", async () => {
  const dies = (line: string) => {
    if (line.startsWith("cut ")) throw new Error("killed");
  };
  await expect(rig.run({ state: "isolated" }, dies)).rejects.toThrow("killed");
  expect(await networksOf("cache")).toEqual([]);
  expect((await readIsolation(docker, rig.stack))?.marker.pending).not.toBeNull();
  await rig.run({ state: "isolated" });
  const record = await readIsolation(docker, rig.stack);
  expect(record).toMatchObject({ collected: true, marker: { pending: null, epoch: "e2" } });
  expect(record?.containers.find(({ role }) => role === "cache")?.networks).toHaveLength(2);
  await rig.run({ state: "isolated" });
  expect(await readEvidence(docker, rig.stack)).toHaveLength(1);
});

it("gives everything back when it was a false alarm", async () => {
  const shape = async () =>
    Promise.all(
      [...moved, "scheduler"].map(async (name) => {
        const { NetworkSettings, HostConfig, State } = await rig.inspect(name);
        const networks = Object.entries(NetworkSettings.Networks).map(([network, { IPAddress, Aliases }]) => [
          network,
          IPAddress,
          [...(Aliases ?? [])].sort(),
        ]);
        return [name, networks.sort(), HostConfig.RestartPolicy, State.Pid, State.Paused];
      }),
    );
  const before = await shape();
  await rig.run({ state: "isolated" });
  await rig.run({ state: "ended" });
  expect(await shape()).toEqual(before);
  await expect(docker.getNetwork(isolated()[0]!).inspect()).rejects.toMatchObject({ statusCode: 404 });
  expect((await readIsolation(docker, rig.stack))?.ended).toMatchObject({ actor: "tester", clearance: null });
  const web = await execOk(docker, `${rig.stack}-router`, ["getent", "hosts", "web"]);
  expect(web).toContain(`${rig.subnet(0)}.16`);
});

it("refuses to be cleared before every container was made anew; one that is in the way stands aside with its memory", async () => {
  await rig.run({ state: "isolated" });
  const clearance = { by: "ann", at: "2030-01-01T00:00:00Z" };
  await expect(rig.run({ state: "cleared", clearance })).rejects.toThrow(/expected .*blue-web-1, .* to be made anew/);
  const record = await readIsolation(docker, rig.stack);
  const aside = asideOf(docker, rig.stack, record);
  for (const name of [...moved, "scheduler", "router"]) expect(await aside(await rig.inspect(name))).toBe(true);
  const web = await docker.getContainer(`${record?.evidence}-blue-web-1`).inspect();
  expect(web.State).toMatchObject({ Running: true, Paused: true });
  expect((await docker.getContainer(`${record?.evidence}-database-initial`).inspect()).State.Running).toBe(false);
  const router = await docker.getContainer(`${record?.evidence}-router`).inspect();
  expect([router.State.Paused, Object.values(router.NetworkSettings.Ports).flat()]).toEqual([true, []]);
  await rig.run({ state: "cleared", clearance });
  expect(await readIsolation(docker, rig.stack)).toMatchObject({ fresh: clearance.at, ended: { clearance } });
  expect(await aside(web)).toBe(true);
});

it("takes a copy of a volume at one moment, with whoever has it paused, and copies it out", async () => {
  const lines: string[] = [];
  const volume = `${rig.stack}-web-files`;
  const asked = { docker, stack: rig.stack, actor: "tester", reason: "corrupt" };
  const run = {
    ...asked,
    journal: (entry: Parameters<typeof appendJournal>[2]) => appendJournal(docker, rig.stack, entry),
    log: (line: string) => void lines.push(line),
  };
  const evidence = await takeEvidence({ ...run, volume });
  expect(lines).toEqual([`paused meanwhile: ${rig.stack}-blue-web-1`]);
  expect((await rig.inspect("blue-web-1")).State).toMatchObject({ Running: true, Paused: false });
  expect(evidence).toMatchObject({ kind: "copy", copied: [{ name: volume }], left: [], files: 1 });
  const folder = mkdtempSync(join(tmpdir(), "evidence-"));
  try {
    await exportVolume(docker, { keeper: evidence.name, volume: evidence.name, about: { evidence } }, folder);
    const { files, archive } = JSON.parse(readFileSync(join(folder, `${evidence.name}.json`), "utf8"));
    expect(files.map(({ path }: { path: string }) => path)).toEqual(["MANIFEST.sha256", `volumes/${volume}.tar`]);
    expect(archive.bytes).toBeGreaterThan(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await expect(takeEvidence({ ...run, volume: "elsewhere" })).rejects.toThrow(
    /expected a volume of isolation-\w+ \(.*web-files/,
  );
});
