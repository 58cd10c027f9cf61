import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { connect } from "../../operations/live/docker.ts";
import { removeLabelled, takeInventory } from "../../scripts/leftovers.ts";

const docker = connect();
const id = `left-${randomBytes(3).toString("hex")}`;
const labels = { "switchback.test": id };
afterAll(() => removeLabelled(docker, [`switchback.test=${id}`]));

test("a running container, its network and its volume are found and removed together; a second look finds none", async () => {
  await docker.createVolume({ Name: `${id}-volume`, Labels: labels });
  await docker.createNetwork({ Name: `${id}-network`, Labels: labels });
  const container = await docker.createContainer({
    name: id,
    Image: "debian:trixie-slim",
    Cmd: ["sleep", "60"],
    Labels: labels,
    HostConfig: { NetworkMode: `${id}-network`, Binds: [`${id}-volume:/data`] },
  });
  await container.start();
  const inventory = await takeInventory(docker);
  expect([id, `${id}-volume`, `${id}-network`].every((name) => inventory.has(name))).toBe(true);
  expect(await removeLabelled(docker, [`switchback.test=${id}`])).toBe(3);
  expect(await removeLabelled(docker, [`switchback.test=${id}`])).toBe(0);
});
