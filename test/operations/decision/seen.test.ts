import { describe, expect, it } from "vitest";
import { isolated, lastChange, serving, sharedDown, sideOf } from "../../../operations/decision/seen.ts";
import type { StackStatus } from "../../../operations/status/read.ts";

const pointer = { color: "green" };
const router = {
  value: { kind: "read", memory: pointer, file: { pointer }, status: { since: "2026-11-21T12:00:00Z" } },
};
const pooler = { value: { kind: "read", acting: { open: { blue: true, green: true } }, entries: [] } };
const container = (color: string, running = true, status = "Up 3 minutes") => ({
  name: `s-${color}-orders-1`,
  color,
  running,
  status,
});
/** A status of which only what is said is there. */
const status = (parts: object): StackStatus =>
  ({
    router,
    containers: { value: [container("green"), container("blue")] },
    database: { value: { reachable: true } },
    pooler,
    isolation: { value: null },
    last: { value: null },
    ...parts,
  }) as unknown as StackStatus;
const unknown = { unknown: "no answer within 2 s" };

describe("what a status shows", () => {
  it("is who serves, in maintenance too, and nobody without a router", () => {
    expect(serving(status({}))).toBe("green");
    expect(serving(status({ router: { value: { ...router.value, memory: null } } }))).toBe("green");
    expect(serving(status({ router: unknown }))).toBeUndefined();
    expect(serving(status({ router: { value: { kind: "absent" } } }))).toBeUndefined();
  });

  it("is the last change, by the router or the journal, whichever is later; an attempt that failed is none", () => {
    const at = (text: string) => ({ value: Date.parse(text) });
    const line = (event: string) => ({ value: { event, at: "2026-11-21T12:30:00Z" } });
    expect(lastChange(status({}))).toEqual(at("2026-11-21T12:00:00Z"));
    expect(lastChange(status({ last: line("promoted") }))).toEqual(at("2026-11-21T12:30:00Z"));
    expect(lastChange(status({ last: line("failed") }))).toEqual(at("2026-11-21T12:00:00Z"));
    expect(lastChange(status({ last: unknown }))).toEqual(at("2026-11-21T12:00:00Z"));
    expect(lastChange(status({ last: unknown, router: unknown }))).toEqual(unknown);
    expect(lastChange(status({ router: unknown }))).toEqual({ value: null });
  });

  it("is whether what both colors use is down", () => {
    expect(sharedDown(status({}))).toEqual({ value: false });
    expect(sharedDown(status({ database: null, pooler: null }))).toEqual({ value: false });
    expect(sharedDown(status({ database: { value: { reachable: false } } }))).toEqual({ value: true });
    expect(sharedDown(status({ pooler: { value: { kind: "unreadable" } } }))).toEqual({ value: true });
    expect(sharedDown(status({ database: unknown }))).toEqual(unknown);
  });

  it("is whether the other color could serve", () => {
    const closed = { value: { ...pooler.value, acting: { open: { blue: false, green: true } } } };
    expect(sideOf(status({}), "blue")).toEqual({ value: "warm" });
    expect(sideOf(status({ pooler: closed }), "blue")).toEqual({ value: "cold" });
    expect(sideOf(status({ containers: { value: [container("green")] } }), "blue")).toEqual({ value: "cold" });
    expect(sideOf(status({ containers: { value: [container("blue", false)] } }), "blue")).toEqual({ value: "cold" });
    const sick = container("blue", true, "Up 3 minutes (unhealthy)");
    expect(sideOf(status({ containers: { value: [sick] } }), "blue")).toEqual({ value: "cold" });
    expect(sideOf(status({ containers: unknown }), "blue")).toEqual(unknown);
  });

  it("is an isolation that stands", () => {
    expect(isolated(status({}))).toEqual({ value: {} });
    expect(isolated(status({ isolation: { value: { since: "x", ended: null } } }))).toEqual({
      value: { security: "suspected" },
    });
    expect(isolated(status({ isolation: { value: { since: "x", ended: "y" } } }))).toEqual({ value: {} });
  });
});
