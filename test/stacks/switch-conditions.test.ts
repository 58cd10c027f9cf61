import { describe, expect, it } from "vitest";
import { renderVerdict } from "../../stacks/verdict.ts";
import { container, health, image, refusals, toBlue, verdictOf } from "./setting.ts";

describe("a switch to the other, warm color", () => {
  it("is level 1, allowed, and names from, to and every condition", () => {
    const verdict = verdictOf(toBlue);
    expect(verdict).toMatchObject({ level: 1, from: "green", to: "blue", refused: [] });
    expect(renderVerdict(verdict).split("\n")[0]).toBe(
      "verdict: allowed: level 1, green 1.1.0 -> blue 1.0.0 (traffic only, both colors are warm)",
    );
    expect(verdict.conditions.map(({ name, answer }) => `${name} ${answer}`)).toEqual([
      "docker yes",
      "owner yes",
      "router yes",
      "activeColorFrozen yes",
      "image yes",
      "health yes",
    ]);
  });

  it("is allowed while the color being left is dead, gone or unhealthy", () => {
    expect(refusals(toBlue, { containers: { value: new Map([container("blue")]) } })).toEqual([]);
    expect(
      refusals(toBlue, { containers: { value: new Map([container("blue"), container("green", { running: false })]) } }),
    ).toEqual([]);
  });

  it("is refused to a color that is not ready", () => {
    expect(refusals(toBlue, { health: health(false, "connection refused") })[0]).toMatch(
      /^health: test-blue-orders-1 is not ready \(connection refused\)/,
    );
  });

  it("is refused to a color that runs another image than the recorded one", () => {
    const containers = { value: new Map([container("blue", { image: "sha256:other" }), container("green")]) };
    expect(refusals(toBlue, { containers })[0]).toMatch(
      /^image: expected test-blue-orders-1 to run sha256:aaaaaaaaaaaa, got sha256:other/,
    );
  });

  it("is refused while it would change the color that serves", () => {
    const containers = {
      value: new Map([
        container("blue"),
        container("green", { labels: { ...container("green")[1].labels, "switchback.spec": "old" } }),
      ]),
    };
    expect(refusals(toBlue, { containers })[0]).toContain(
      "pulumi config set --path colors.blue.imageTag 1.1.0 && pulumi config set activeColor blue",
    );
  });

  it("waits for a warm-up when the target's containers must be made first: level 2", () => {
    expect(verdictOf(toBlue, { containers: { value: new Map([container("green")]) } })).toMatchObject({
      level: 2,
      refused: [],
    });
  });

  it("is refused when what would be made is not the recorded image", () => {
    const containers = { value: new Map([container("green")]) };
    const swapped = new Map([
      [image, { id: image, user: "10001" }],
      ["switchback/orders:1.0.0", { id: `sha256:${"b".repeat(64)}`, user: "10001" }],
    ]);
    expect(refusals(toBlue, { containers, images: { value: swapped } })[0]).toContain(
      "got sha256:bbbbbbbbbbbb: it was rebuilt or swapped",
    );
    expect(refusals(toBlue, { containers, images: { value: new Map([[image, null]]) } })[0]).toContain(
      "build it: npm run setup",
    );
  });

  it("is refused when what would be made runs as root", () => {
    const images = { value: new Map([[image, { id: image, user: "" }]]) };
    expect(refusals(toBlue, { containers: { value: new Map([container("green")]) }, images })[0]).toContain(
      "to run as a user other than root",
    );
  });
});
