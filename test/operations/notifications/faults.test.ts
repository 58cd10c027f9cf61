import { afterEach, describe, expect, it } from "vitest";
import { deliver } from "../../../operations/notifications/deliver.ts";
import { enqueue, list } from "../../../operations/notifications/outbox.ts";
import { type Fake, faults } from "./fakes.ts";
import { canary, failed, fakeFor, kinds, outbox, sinkTo } from "./rig.ts";

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function rig(kind: (typeof kinds)[number], fault?: (typeof faults)[number]) {
  const fake: Fake = await fakeFor(kind, fault);
  const { folder, remove } = outbox();
  opened.push(fake.close, remove);
  await enqueue(folder, failed());
  return { fake, folder };
}

describe.each(kinds)("%s", (kind) => {
  it.each(faults)("loses nothing and sends nothing twice when its server fails so: %s", async (fault) => {
    const { fake, folder } = await rig(kind, fault);
    const first = await deliver(folder, sinkTo(kind, fake));
    if (fault === "slow") {
      expect(first).toMatchObject({ delivered: 1, waiting: 0 });
    } else {
      expect(first).toMatchObject({ delivered: 0, waiting: 1, dead: 0 });
      expect(first!.nextAt).toBeGreaterThan(Date.now() + 1000);
      const [waiting] = await list(folder, "pending");
      expect(waiting?.deliveries.it?.error).toBeTruthy();
      expect(JSON.stringify(waiting)).not.toContain(canary);
      expect(await deliver(folder, sinkTo(kind, fake))).toMatchObject({ waiting: 1 });
    }
    await fake.heal();
    const later = Date.now() + 60_000;
    expect(await deliver(folder, sinkTo(kind, fake), later)).toMatchObject({ delivered: 1, waiting: 0, dead: 0 });
    await enqueue(folder, failed());
    await deliver(folder, sinkTo(kind, fake), later + 60_000);
    expect(fake.received).toHaveLength(1);
    expect(fake.received[0]).toContain("blue is not ready");
  });
});

describe("an answer of 429", () => {
  it("is followed by no attempt before the time that it asks for", async () => {
    const { fake, folder } = await rig("webhook", "429");
    const before = Date.now();
    const { nextAt } = (await deliver(folder, sinkTo("webhook", fake)))!;
    expect(nextAt! - before).toBeGreaterThanOrEqual(7000);
    expect(nextAt! - before).toBeLessThan(9000);
    await deliver(folder, sinkTo("webhook", fake), nextAt! - 1);
    expect(fake.attempts).toBe(1);
    await deliver(folder, sinkTo("webhook", fake), nextAt! + 1);
    expect(fake.attempts).toBe(2);
  });
});
