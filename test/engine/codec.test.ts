import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unknown } from "../../engine/provider.ts";
import { loadResource, mask, reveal, seal, storeResource } from "../../engine/state.ts";
import { equal, hasSecret, hasUnknown, markSecrets, plain, Secret, signature } from "../../engine/values.ts";
import { fromWire, toWire } from "../../engine/wire.ts";

const noKey = () => {
  throw new Error("no secret here");
};
const rot = () => ({ encrypt: (text: string) => `v1:${btoa(text)}`, decrypt: (text: string) => atob(text.slice(3)) });

describe("values on the wire", () => {
  it("come back as they went", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(toWire(fromWire(value))).toEqual(value);
      }),
    );
  });

  it("carry secrets, unknowns and output values", () => {
    const secret = { [signature.key]: signature.secret, value: "s" };
    expect(fromWire(secret)).toEqual(new Secret("s"));
    expect(toWire(new Secret("s"))).toEqual(secret);
    expect(fromWire(signature.unknown)).toBe(unknown);
    expect(fromWire({ [signature.key]: signature.output, secret: true, dependencies: ["a"] })).toEqual(
      new Secret(unknown),
    );
    expect(fromWire({ [signature.key]: signature.output, value: [1] })).toEqual([1]);
  });

  it("refuse assets by name", () => {
    expect(() => fromWire({ a: [{ [signature.key]: signature.asset, text: "x" }] })).toThrow("does not support assets");
  });
});

describe("values for providers", () => {
  it("lose their secret marks, and references become ids", () => {
    const reference = { [signature.key]: signature.resource, urn: "urn:x", id: "42" };
    expect(plain({ a: new Secret({ b: new Secret(1) }), c: [reference] })).toEqual({ a: { b: 1 }, c: ["42"] });
  });

  it("get their marks back where the inputs had them", () => {
    const marked = markSecrets(
      { env: { A: "1", B: "2" }, list: ["x"] },
      { env: { A: new Secret("1") }, list: [new Secret("x")] },
    );
    expect(marked).toEqual({ env: { A: new Secret("1"), B: "2" }, list: [new Secret("x")] });
    expect([hasSecret(marked), hasUnknown([{ a: unknown }]), hasUnknown(marked)]).toEqual([true, true, false]);
  });

  it("are equal by content, secret marks included", () => {
    expect(equal({ a: 1, b: [new Secret("x")] }, { b: [new Secret("x")], a: 1 })).toBe(true);
    expect(equal({ a: new Secret(1) }, { a: 1 })).toBe(false);
    expect(equal({ a: undefined as never }, {})).toBe(false);
  });
});

describe("values in the state", () => {
  it("keep an unchanged secret's ciphertext and are sorted by key", () => {
    const stored = {
      urn: "u",
      type: "t",
      custom: true,
      inputs: { b: 1, a: { [signature.key]: signature.secret, ciphertext: rot().encrypt('{"x":1}') } },
    };
    const loaded = loadResource(stored, rot);
    expect(loaded.inputs.a).toEqual(new Secret({ x: 1 }));
    const again = storeResource(loaded, noKey);
    expect(again.inputs).toEqual(stored.inputs);
    expect(Object.keys(again.inputs as object)).toEqual(["a", "b"]);
  });

  it("carry along what another engine wrote", () => {
    const stored = {
      urn: "u",
      type: "t",
      custom: true,
      id: "1",
      sourcePosition: "project:///index.ts#1,1",
      stackTrace: [{}],
      protect: true,
    };
    expect(storeResource(loadResource(stored, noKey), noKey)).toEqual(stored);
  });

  it("are shown masked, or in clear when asked for", () => {
    const value = { a: new Secret("x"), b: [1] };
    expect(mask(value)).toEqual({ a: "[secret]", b: [1] });
    expect(reveal(value)).toEqual({ a: "x", b: [1] });
    expect(JSON.stringify(seal(value, rot))).not.toContain('"x"');
  });
});
