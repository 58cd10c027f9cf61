import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type EngineName, hasPulumi } from "./engines.ts";
import { Lab, removeTemplates } from "./lab.ts";
import { box, network, step, volume } from "./resources.ts";

const resources = [
  network("net", { internal: true }),
  network("auto"),
  volume("vol"),
  box("box", {
    networksAdvanced: [{ name: { ref: "net.name" }, aliases: ["box"] }, { name: { ref: "auto.name" } }],
    volumes: [{ volumeName: { ref: "vol.name" }, containerPath: "/data" }],
    ports: [{ internal: 80 }, { internal: 81, ip: "127.0.0.1" }],
    envs: ["B=2", { secret: "A=1" }],
    uploads: [{ file: "/etc/hello", content: "hello" }],
    mounts: [{ type: "tmpfs", target: "/scratch", tmpfsOptions: { sizeBytes: 1048576 } }],
    ...{ memory: 32, memorySwap: 32, restart: "unless-stopped", destroyGraceSeconds: 1, user: "1000" },
    healthcheck: { tests: ["CMD", "true"], interval: "1m0s" },
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
  }),
  box("plain"),
  step("a", "1", { dependsOn: ["box"] }, { triggers: ["x"], environment: { ID: { ref: "box.id" } } }),
];

afterAll(removeTemplates);

it.skipIf(!hasPulumi()).each<[EngineName, EngineName]>([
  ["embedded", "pulumi"],
  ["pulumi", "embedded"],
])("%s hands a stack over to %s, which previews no change, updates it and destroys it", async (from, to) => {
  const lab = new Lab(from);
  try {
    await lab.init();
    await lab.up(resources);
    const file = join(lab.folder, "state.json");
    writeFileSync(file, await lab.exported());
    lab.engine = to;
    await lab.init();
    await lab.run(["stack", "import", "--stack", "lab", "--file", file]);
    expect(await lab.preview(resources)).toEqual({});
    await lab.up(resources, { args: ["--expect-no-changes"] });
    await lab.refresh();
    expect(await lab.preview(resources)).toEqual({});
    const changed = resources.map((one) => (one.name === "plain" ? box("plain", { restart: "always" }) : one));
    expect(await lab.preview(changed)).toEqual({ plain: "update" });
    await lab.up(changed);
    await lab.destroy();
    expect(await lab.containers()).toEqual({});
    expect(lab.effects()).toEqual(["create a 1", "delete a 1"]);
  } finally {
    await lab.dispose();
  }
});
