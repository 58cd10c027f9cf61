import { randomBytes, randomInt } from "node:crypto";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Props, ResourceProvider } from "../../engine/provider.ts";
import { providers } from "../../engine/providers/all.ts";
import { contextOf } from "../engine/providers/context.ts";
import { removeLeftovers } from "./live.ts";
import { normaliseState } from "./normalise.ts";
import { findPlugin, type Plugin, startPlugin, verdictOf } from "./plugin.ts";
import { type Case, cases } from "./provider-cases.ts";

const file = findPlugin("docker", "5.2.0");
const prefix = `sb-parity-${randomBytes(3).toString("hex")}`;
const subnet = `10.${randomInt(200, 250)}.${randomInt(256)}`;
const own = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value).replaceAll("PREFIX", prefix).replaceAll("SUBNET", subnet)) as T;

describe.skipIf(file === undefined)("our docker providers and the real plugin", () => {
  const docker = new Docker();
  let real: Plugin;

  beforeAll(async () => {
    real = await startPlugin(file!);
    const Labels = { "switchback.test": "parity", "switchback.parity": prefix };
    await docker.createNetwork({ Name: `${prefix}-n1`, Labels });
    const IPAM = { Config: [{ Subnet: `${subnet}.0/25` }] };
    await docker.createNetwork({ Name: `${prefix}-n2`, Labels, IPAM } as never);
    await docker.createVolume({ Name: `${prefix}-v`, Labels });
  });
  afterAll(async () => {
    real.stop();
    await removeLeftovers(prefix);
  });

  describe.each(cases)("agree on $title", ({ type, inputs, changes }: Case) => {
    const ours = providers().find((provider) => provider.type === type) as ResourceProvider;
    const urn = `urn:pulumi:s::p::${type}::x`;
    const context = contextOf(urn);
    const given = own(inputs);

    it("its checked inputs, its state, what a read finds, and that nothing has changed", async () => {
      const checked = await real.check(urn, given);
      expect(ours.check(undefined, given)).toEqual({ inputs: checked, failures: [] });

      const theirs = await real.create(urn, checked);
      onTestFinished(() => ours.delete(theirs.id, checked, theirs.outputs, context));
      const read = await real.read(urn, theirs.id, checked, theirs.outputs);
      const ourRead = await ours.read(theirs.id, checked, theirs.outputs, context);
      expect(withoutEmpty(comparable(ourRead!.inputs))).toEqual(withoutEmpty(comparable(read.inputs)));
      expect(withoutEmpty(comparable(ourRead!.outputs))).toEqual(withoutEmpty(comparable(read.outputs)));
      expect(ours.diff(theirs.id, checked, theirs.outputs, checked).detailed).toEqual({});
      await ours.delete(theirs.id, checked, theirs.outputs, context);

      const made = await ours.create(checked, context);
      expect(comparable(made.outputs)).toEqual(comparable(theirs.outputs));
      expect(await real.diff(urn, made.id, checked, made.outputs, checked)).toMatchObject({ kind: "same" });
      await real.delete(urn, made.id, checked, made.outputs);
    });

    it("what each change means", async () => {
      const checked = await real.check(urn, given);
      const { id, outputs } = await ours.create(checked, context);
      onTestFinished(() => ours.delete(id, checked, outputs, context));
      for (const [title, change] of Object.entries(changes)) {
        const next = await real.check(urn, changed(given, own(change)));
        const { detailed, deleteBeforeReplace } = ours.diff(id, checked, outputs, next);
        const expected = await real.diff(urn, id, checked, outputs, next);
        expect({ title, ...verdictOf(detailed, deleteBeforeReplace) }).toEqual({ title, ...expected });
      }
    });
  });
});

function changed(inputs: Props, change: Readonly<Record<string, Props[string] | undefined>>): Props {
  return Object.fromEntries(
    Object.entries({ ...inputs, ...change }).filter(([, value]) => value !== undefined),
  ) as Props;
}

/** A value without what is null, zero or empty: a read of the real provider fills some of it in, inside of sets. */
function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, withoutEmpty(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== null && item !== false && item !== 0 && item !== ""));
}

/** Outputs without what Docker chose anew, and without the difference between nothing and null or empty. */
function comparable(outputs: Props): unknown {
  const ports = (outputs.ports as readonly Props[] | undefined)?.map(({ external, ...port }) => port);
  const resource = { urn: "a::b::c::d", outputs: { ...outputs, ...(ports && { ports }) } };
  return normaliseState({ resources: [resource] }, prefix);
}
