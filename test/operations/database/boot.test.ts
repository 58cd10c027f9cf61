import { randomBytes } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { execOk } from "../../../operations/live/docker.ts";
import { databaseImage, docker, removeStack, untilReady } from "./rig.ts";

const stack = `boot${randomBytes(4).toString("hex")}`;
const labels = { "switchback.test": "database", "switchback.stack": stack };
afterAll(() => removeStack(stack));

const sh = (container: string, script: string) => execOk(docker, container, ["sh", "-euc", script]);

it("makes one whole data directory, whenever its first boot is killed", async () => {
  const name = `${stack}-database`;
  await docker.createVolume({ Name: name, Labels: labels });
  const container = await docker.createContainer({
    name,
    Image: databaseImage,
    Labels: labels,
    Env: ["SWITCHBACK_GENERATION=initial"],
    HostConfig: { NetworkMode: "none", Init: true, Binds: [`${name}:/var/lib/postgresql/data`] },
  });
  for (const milliseconds of [150, 400, 800, 1200, 1800]) {
    await container.start();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await container.kill();
    await container.wait();
  }
  await container.start();
  await untilReady(name, sh);
  expect(await sh(name, "psql -XAtq -h /run/postgresql -U postgres -c 'show data_checksums'")).toBe("on\n");
  expect(await sh(name, "ls /var/lib/postgresql/data")).toBe("lock\npgdata\nsocket\n");
});

it("refuses what is no data directory, and leaves it as it is", async () => {
  const name = `${stack}-foreign`;
  await docker.createVolume({ Name: name, Labels: labels });
  const container = await docker.createContainer({
    name,
    Image: databaseImage,
    Labels: labels,
    Env: ["SWITCHBACK_GENERATION=initial"],
    Entrypoint: ["sh", "-euc", 'mkdir -p "$PGDATA"; touch "$PGDATA/mine"; exec switchback-database'],
    HostConfig: { NetworkMode: "none", Init: true, Binds: [`${name}:/var/lib/postgresql/data`] },
  });
  await container.start();
  expect((await container.wait()).StatusCode).toBe(1);
  expect(`${await container.logs({ stderr: true })}`).toContain(
    "got something without PG_VERSION; it is left as it is",
  );
});
