import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, docker, inside, served, type TestStack, testStack } from "./stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await testStack();
  const { stderr } = await stack.upOk();
  expect(stderr).toMatch(/has a Pulumi\.\S+\.yaml but no state in .+ yet: (made|making) it/);
});
afterAll(() => stack.cleanup());

const router = (changes: Readonly<Record<string, unknown>>) => ({
  router: { port: stack.port, gate: { timeoutSeconds: 5 }, ...changes },
});

it("sends a canary's share to the other color", async () => {
  await stack.upOk(router({ canary: { percent: 30 } }));
  const answers = await Promise.all(Array.from({ length: 200 }, () => ask(`${stack.url}/version`)));
  const blue = answers.filter(({ headers }) => headers["x-switchback-color"] === "blue").length;
  expect(blue).toBeGreaterThan(30);
  expect(blue).toBeLessThan(90);
  await stack.upOk(router({}));
  expect(await served(stack)).toBe("200 green 1.1.0");
});

it("shows maintenance to all but those with a signed header", async () => {
  await stack.upOk(router({ maintenance: true }));
  const answer = await ask(`${stack.url}/version`);
  expect(answer.status).toBe(503);
  expect(answer.headers["retry-after"]).toBe("30");
  expect(answer.body).toContain("We will be right back");
  const minted = await inside(stack, "router", "switchback-bypass --minutes 5");
  const value = minted.match(/\d{10,}\.[0-9a-f]+/)?.[0] ?? "";
  expect((await ask(`${stack.url}/version`, { headers: { "X-Switchback-Bypass": value } })).status).toBe(200);
  expect(
    (
      await ask(`${stack.url}/version`, {
        headers: { "X-Switchback-Bypass": value.replace(/.$/, "0").replace(/^1/, "2") },
      })
    ).status,
  ).toBe(503);
  await stack.upOk(router({}));
  expect(await served(stack)).toBe("200 green 1.1.0");
});

it("isolates: nothing gets in, no container changes, and no color can be chosen meanwhile", async () => {
  const ids = async () =>
    (
      await docker.listContainers({
        filters: { label: [`switchback.stack=${stack.stack}`, "switchback.role=service"] },
      })
    )
      .map(({ Id }) => Id)
      .sort();
  const before = await ids();
  await stack.upOk(router({ isolate: true }));
  expect((await ask(`${stack.url}/version`)).status).toBe(503);
  const refused = await stack.up({ activeColor: "blue" });
  expect(refused.stdout + refused.stderr).toMatch(
    /isolate: tester isolated the stack at \S+; expected nothing else to change meanwhile, got activeColor green -> blue/,
  );
  expect(await ids()).toEqual(before);
});

it("lets traffic in again when isolation ends", async () => {
  await stack.upOk({ activeColor: "green", ...router({}) });
  expect(await served(stack)).toBe("200 green 1.1.0");
});
