/** Ends what still drained when a stack was destroyed, and names what stays: data, backups and evidence. */
export async function afterDestroy(stack: string): Promise<void> {
  try {
    const [{ connect }, { removeDrains }] = await Promise.all([
      import("../operations/live/docker.ts"),
      import("../operations/router/drain.ts"),
    ]);
    const docker = connect();
    const label = [`switchback.stack=${stack}`];
    // With its router the stack is still there: only a part of it was destroyed, or nothing.
    const routers = await docker.listContainers({
      all: true,
      filters: { label: [...label, "switchback.role=router"] },
    });
    if (routers.length > 0) return;
    await removeDrains(docker, stack);
    const { Volumes: volumes } = await docker.listVolumes({ filters: { label } });
    const names = (volumes ?? []).map(({ Name }) => Name).sort();
    if (names.length > 0) console.error(`switchback: data and evidence stay, in the volumes ${names.join(", ")}`);
  } catch (error) {
    console.error(`switchback: what the stack left could not be listed: ${(error as Error).message}`);
  }
}
