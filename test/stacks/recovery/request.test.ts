import fc from "fast-check";
import { expect, it } from "vitest";
import { firstCatalogue, type RecoveryRequest } from "../../../operations/generations/format.ts";
import { askedRecovery, findRequest, type RecoveryKeys } from "../../../stacks/recovery/request.ts";
import { at, generation } from "./history.ts";

const asked = (keys: Partial<RecoveryKeys>) => askedRecovery({ drill: false, ...keys })!;

it("names the same request for the same moment, in whatever zone and spelling", () => {
  const moment = fc.date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true });
  fc.assert(
    fc.property(
      moment,
      fc.integer({ min: -14 * 60, max: 14 * 60 }),
      fc.integer({ min: 0, max: 999 }),
      (date, zone, micros) => {
        const sign = zone < 0 ? "-" : "+";
        const [hours, minutes] = [Math.trunc(Math.abs(zone) / 60), Math.abs(zone) % 60].map((part) =>
          `${part}`.padStart(2, "0"),
        );
        const fraction = `${micros}`.padStart(3, "0");
        const local = new Date(date.getTime() + zone * 60_000).toISOString().slice(0, 23);
        const there = asked({ targetTime: `${local}${fraction}${sign}${hours}:${minutes}` });
        const here = asked({ targetTime: `${date.toISOString().slice(0, 23)}${fraction}Z` });
        expect(there).toEqual(here);
        expect(Date.parse((here.target as { at: string }).at)).toBe(date.getTime());
      },
    ),
  );
  expect(asked({ targetTime: "2026-11-21T02:00Z" }).target).toEqual({ kind: "time", at: "2026-11-21T02:00:00Z" });
  expect(asked({ targetTime: "2026-11-21T03:00:00.1234567+01:00" }).target).toEqual({
    kind: "time",
    at: "2026-11-21T02:00:00.123456Z",
  });
  expect(asked({ targetLsn: "00/003000148" })).toEqual(asked({ targetLsn: "0/3000148" }));
});

it("names another request for another target, recoveryId or drill", () => {
  const keys = fc.record({
    recoveryId: fc.constantFrom(undefined, "1", "2"),
    drill: fc.boolean(),
    target: fc.oneof(
      fc.constantFrom("a", "b").map((targetBackup) => ({ targetBackup })),
      fc.constantFrom(at("01:00"), at("02:00")).map((targetTime) => ({ targetTime })),
      fc
        .record({
          targetLsn: fc.constantFrom("0/1", "0/2"),
          targetGeneration: fc.constantFrom(undefined, "initial", "other"),
        })
        .map((target) => target),
    ),
  });
  const flat = ({ target, ...rest }: { target: object; recoveryId: string | undefined; drill: boolean }) => ({
    ...rest,
    ...target,
  });
  fc.assert(
    fc.property(keys, keys, (a, b) => {
      const [one, other] = [asked(flat(a)), asked(flat(b))];
      const same = JSON.stringify(flat(a)) === JSON.stringify(flat(b));
      expect(one.hash === other.hash).toBe(same);
      expect(one.generation).toBe(`restored-${one.hash.slice(0, 8)}`);
    }),
  );
  expect(askedRecovery({ drill: true, recoveryId: "1" })).toBeUndefined();
});

const target = asked({ targetBackup: "a" });
const other = asked({ targetBackup: "b" });
const request = ({ hash, generation, target }: typeof other, state: RecoveryRequest["state"]): RecoveryRequest => ({
  hash,
  target,
  drill: false,
  recoveryId: "",
  at: at("09:00"),
  state,
  generation,
  goal: "{}",
  epoch: "e",
  actor: "",
  reason: "",
});
const catalogue = (...requests: readonly RecoveryRequest[]) => ({
  ...firstCatalogue(at("00:00")),
  requests: [...requests],
});

it("takes a request up once: pending ones go on, done ones are inert, abandoned ones are new again", () => {
  const kind = (...requests: readonly RecoveryRequest[]) => findRequest(target, catalogue(...requests)).state.kind;
  expect(kind()).toBe("new");
  expect(kind(request(target, "pending"))).toBe("pending");
  expect(kind(request(target, "done"))).toBe("done");
  expect(kind(request(target, "abandoned"))).toBe("new");
  expect(kind(request(other, "done"))).toBe("new");
});

it("gives up what is pending when its key changes or goes, and nothing that is done", () => {
  const abandons = (wanted: typeof target | undefined, ...requests: readonly RecoveryRequest[]) =>
    findRequest(wanted, catalogue(...requests)).abandons.map(({ generation }) => generation);
  expect(abandons(undefined, request(target, "pending"))).toEqual([target.generation]);
  expect(abandons(other, request(target, "pending"))).toEqual([target.generation]);
  expect(abandons(target, request(target, "pending"), request(other, "done"))).toEqual([]);
  expect(abandons(undefined, request(target, "done"), request(other, "abandoned"))).toEqual([]);
});

it("counts a drill as done once it was shown", () => {
  const shown = {
    ...catalogue({ ...request(target, "pending"), drill: true }),
    generations: [generation(target.generation, 2, { state: "drill" })],
  };
  expect(findRequest(target, shown)).toMatchObject({ state: { kind: "done" }, abandons: [] });
  expect(findRequest(undefined, shown)).toEqual({ state: { kind: "none" }, abandons: [] });
});
