/** Ends what still drained when a stack was destroyed, and names what stays: data, backups and evidence. */
export async function afterDestroy(stack: string): Promise<void> {
  try {
    const [{ connect }, { isEvidence }, { removeDrains }] = await Promise.all([
      import("../operations/live/docker.ts"),
      import("../operations/isolation/names.ts"),
      import("../operations/router/drain.ts"),
    ]);
    const docker = connect();
    const label = [`switchback.stack=${stack}`];
    // With its router the stack is still there: only a part of it was destroyed, or nothing.
    const found = await docker.listContainers({ all: true, filters: { label } });
    const containers = found.map(({ Names, Labels }) => ({ name: Names[0]?.slice(1) ?? "", labels: Labels }));
    const aside = containers.filter(
      ({ name, labels }) => isEvidence(stack, name) && labels["switchback.role"] !== "keeper",
    );
    const routers = containers.filter(({ labels }) => labels["switchback.role"] === "router");
    if (routers.some((router) => !aside.includes(router))) return;
    await removeDrains(docker, stack);
    const { Volumes: volumes } = await docker.listVolumes({ filters: { label } });
    const names = (volumes ?? []).map(({ Name }) => Name).sort();
    if (names.length > 0) console.error(`switchback: data and evidence stay, in the volumes ${names.join(", ")}`);
    if (aside.length > 0)
      console.error(`switchback: evidence stays, in the containers ${aside.map(({ name }) => name).join(", ")}`);
  } catch (error) {
    console.error(`switchback: what the stack left could not be listed: ${(error as Error).message}`);
  }
}
