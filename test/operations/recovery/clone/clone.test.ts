import { expect, it } from "vitest";
import { createRig, onSharedBlocks } from "./rig.ts";

onSharedBlocks("a recovery on a filesystem that shares blocks", () => {
  it("goes back to a backup point by a clone of its base point", async () => {
    const rig = await createRig();
    try {
      await rig.sql("create table kept as select 1 as one");
      const { name } = await rig.backup();
      await rig.sql("drop table kept");
      const made = await rig.restore({ material: await rig.base({ kind: "name", name }) });
      expect(made).toMatchObject({ state: "ready", way: "clone", base: (await rig.points()).at(-1) });
      expect(await rig.query(made.container, "select one from kept")).toEqual([{ one: 1 }]);
      await expect(rig.sql("select one from kept")).rejects.toThrow("does not exist");
    } finally {
      await rig.remove();
    }
  });
});
