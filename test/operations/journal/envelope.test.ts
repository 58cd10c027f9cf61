import { describe, expect, it } from "vitest";
import { z } from "zod";
import { parseLine } from "../../../operations/journal/line.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";
import { chain } from "./chain.ts";

/** CloudEvents 1.0 in JSON: required attributes, and extensions with names and types that it allows. */
const cloudEvent = z
  .object({
    specversion: z.literal("1.0"),
    id: z.string().min(1),
    source: z.string().regex(/^\/[a-z0-9/-]+$/),
    type: z.string().min(1),
    time: z.iso.datetime(),
    subject: z.string().min(1),
    datacontenttype: z.literal("application/json"),
    data: z.strictObject({
      context: z.strictObject({
        version: z.literal("0.4.1"),
        id: z.string(),
        source: z.string(),
        type: z.string(),
        timestamp: z.iso.datetime(),
      }),
      subject: z.strictObject({ id: z.string(), type: z.string(), content: z.object({}).loose() }),
      customData: z.object({ event: z.string() }).loose(),
      customDataContentType: z.literal("application/json"),
    }),
  })
  .catchall(z.union([z.string(), z.int()]));

const written = (entry: JournalEntry) => cloudEvent.parse(JSON.parse(chain([entry])));
const switched = { event: "switched", operation: "router", from: "green 1.1.0", to: "blue 1.0.0" };

describe("a line of the journal", () => {
  it("is a CloudEvent around a CDEvent, and its extensions have names that CloudEvents allows", () => {
    const event = written({ ...switched, back: true });
    expect(Object.keys(event).filter((name) => !/^[a-z0-9]+$/.test(name))).toEqual([]);
    expect(event.data.context).toMatchObject({ id: event.id, type: event.type, timestamp: event.time });
    expect(event.data.subject).toEqual({
      id: "production",
      type: "service",
      content: { environment: { id: "production" }, artifactId: "pkg:generic/production@1.0.0" },
    });
  });

  it("has the type of CDEvents for a release that is deployed, upgraded or rolled back", () => {
    const type = (fields: object) => written({ ...switched, ...fields }).type;
    expect(type({ back: true })).toBe("dev.cdevents.service.rolledback.0.2.0");
    expect(type({ back: false })).toBe("dev.cdevents.service.upgraded.0.2.0");
    expect(type({ from: "maintenance" })).toBe("dev.cdevents.service.deployed.0.2.0");
  });

  it("has a custom type of CDEvents for everything else", () => {
    const custom = /^dev\.cdeventsx\.[a-zA-Z0-9]+-[a-zA-Z]+\.[a-zA-Z]+\.\d\.\d\.\d$/;
    for (const entry of [
      { ...switched, to: "maintenance" },
      { event: "safety-backup", operation: "safety-backup" },
      { event: "adopted" },
    ]) {
      const { type, data } = written(entry);
      expect(type).toMatch(custom);
      expect(data.subject.type).toMatch(/^[a-zA-Z0-9]+-[a-zA-Z]+$/);
    }
  });

  it("reads back as it was told, whatever is in it", () => {
    const entry = { event: "x", reason: `"quotes" \\ $HOME 'é' \u2028 ,"hash":"00"}` };
    expect(parseLine(chain([entry]).trimEnd())).toMatchObject({ ...entry, seq: 1, prev: "" });
  });
});
