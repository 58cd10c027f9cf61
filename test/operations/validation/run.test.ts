import Docker from "dockerode";
import { describe, expect, it } from "vitest";
import type { RouterFile } from "../../../operations/router/goal.ts";
import { checkContainers } from "../../../operations/validation/checks/containers.ts";
import { checkHealth } from "../../../operations/validation/checks/health.ts";
import { checkMarkers } from "../../../operations/validation/checks/markers.ts";
import { checkNetworks } from "../../../operations/validation/checks/networks.ts";
import { checkRouter } from "../../../operations/validation/checks/router.ts";
import type { Context, FoundContainer } from "../../../operations/validation/context.ts";
import { validate } from "../../../operations/validation/run.ts";
import { expectationOf } from "../../../stacks/expectation.ts";
import { routerWith, setting } from "../../stacks/setting.ts";

const [router, blue, green] = ["test-router", "test-blue-orders-1", "test-green-orders-1"] as const;

// Its networks have no addresses.
const everywhere = { "test-blue": "", "test-green": "", "test-platform": "" };

/** The system of the fixture, with what is said of its containers changed; an engine that answers nothing. */
function context(changes: Readonly<Record<string, Partial<FoundContainer> | null>> = {}): Context {
  const found = (name: string, labels: Readonly<Record<string, string>>): [string, FoundContainer] => {
    const addresses: Record<string, string> =
      name === router ? everywhere : { [name.replace("-orders-1", "")]: "10.240.0.16" };
    return [name, { id: name, running: true, status: "Up 3 minutes (healthy)", labels, addresses, ...changes[name] }];
  };
  const containers = new Map(
    [
      found(router, {}),
      found(blue, { "switchback.spec": "blue-spec" }),
      found(green, { "switchback.spec": "green-spec" }),
      found("test-records", { "switchback.role": "keeper" }),
    ].filter(([name]) => changes[name] !== null),
  );
  const expectation = expectationOf(setting().plan, undefined);
  const docker = new Docker({ socketPath: "/nonexistent.sock" });
  return {
    docker,
    stack: "test",
    depth: "quick",
    expectation,
    logsSince: 0,
    containers,
    router: routerWith({}),
    pooler: null,
    serving: null,
  };
}

const stopped = { running: false, status: "Exited (137) 2 seconds ago" };
const notOk = (checks: Awaited<ReturnType<typeof checkContainers>>) => checks.filter(({ verdict }) => verdict !== "ok");

describe("a validation", () => {
  it("without a Docker engine fails, and says so alone", async () => {
    const report = await validate(new Docker({ socketPath: "/nonexistent.sock" }), "shop", { depth: "quick" });
    expect(report).toMatchObject({ stack: "shop", verdict: "fail", depth: "quick" });
    expect(report.checks).toEqual([expect.objectContaining({ name: "docker", verdict: "fail" })]);
  });

  it("of a stack of which nothing was recorded knows nothing, and says what leaves the record", async () => {
    const missing = async () => {
      throw Object.assign(new Error("no such container"), { statusCode: 404 });
    };
    const docker = { ping: async () => "OK", getContainer: () => ({ exec: missing }) } as unknown as Docker;
    const { verdict, checks } = await validate(docker, "shop", { depth: "quick" });
    expect(verdict).toBe("unknown");
    expect(checks).toEqual([
      {
        name: "expectation",
        verdict: "unknown",
        value: "expected expectation.json in shop-records, got none",
        remedy: "`docker start shop-records` where its container stands still; `switchback up --stack shop` leaves it",
      },
    ]);
  });
});

describe("containers", () => {
  it("are ok while each runs as it was made", async () => {
    expect(notOk(await checkContainers(context()))).toEqual([]);
  });

  it.each([
    [null, "there is none", "`switchback up --stack test` makes it"],
    [stopped, stopped.status, `\`docker start ${green}\``],
    [{ status: "Up 1 second (unhealthy)" }, "Up 1 second (unhealthy)", `\`docker logs ${green}\``],
    [
      { running: false, status: "Restarting (1) 1 second ago" },
      "Restarting (1) 1 second ago",
      `\`docker logs ${green}\``,
    ],
    [{ labels: { "switchback.spec": "other" } }, "made from another spec (other)", "`switchback up --stack test`"],
  ])("fail when one is %j", async (change, value, remedy) => {
    const [failed, ...more] = notOk(await checkContainers(context({ [green]: change })));
    expect(more).toEqual([]);
    expect(failed).toMatchObject({ name: `container ${green}`, verdict: "fail", value });
    expect(failed!.remedy).toContain(remedy);
  });

  it("of the color that serves come with the command that moves the traffic; others do not", async () => {
    const [serving] = notOk(await checkContainers(context({ [green]: stopped })));
    expect(serving!.remedy).toContain("config set activeColor blue --stack test");
    const [other] = notOk(await checkContainers(context({ [blue]: stopped })));
    expect(other!.remedy).not.toContain("activeColor");
    for (const ill of [stopped, { status: "Up 1 second (unhealthy)" }]) {
      const both = notOk(await checkContainers(context({ [green]: stopped, [blue]: ill })));
      expect(both.map(({ remedy }) => remedy).join()).not.toContain("activeColor");
    }
  });

  it("that hold volumes are named when they stopped", async () => {
    const [keepers] = notOk(await checkContainers(context({ "test-records": stopped })));
    expect(keepers).toMatchObject({ name: "keepers", verdict: "fail", value: "stopped: test-records" });
  });
});

describe("what hangs on a dead part", () => {
  it("is unknown, and says on what", async () => {
    const dead = context({ [router]: stopped });
    const checks = (
      await Promise.all([checkRouter(dead), checkHealth(dead), checkMarkers({ ...dead, router: routerWith({}) })])
    ).flat();
    expect(checks.find(({ name }) => name === `health ${green}`)).toMatchObject({ verdict: "unknown" });
    expect(checks.filter(({ verdict }) => verdict === "fail")).toEqual([]);
    expect(checks.find(({ name }) => name === "traffic")?.value).toContain("the router does not run");
  });
});

describe("markers and networks", () => {
  it("fail on a change that was not finished, and on a router without its file", async () => {
    const pending = { epoch: "e", goal: "g", since: "2026-11-21T02:00:00Z" };
    const marker = { pending } as unknown as RouterFile["marker"];
    const [unfinished] = await checkMarkers({ ...context(), router: routerWith({ marker }) });
    expect(unfinished).toMatchObject({
      verdict: "fail",
      value: "a change begun at 2026-11-21T02:00:00Z was not finished",
    });
    const lost = { value: { kind: "read", file: null, memory: null } } as unknown as Context["router"];
    const [broken] = await checkMarkers({ ...context(), router: lost });
    expect(broken).toMatchObject({ verdict: "fail", value: "router.json is missing or broken" });
  });

  it("fail on a network that is missing, and on a container that is not in its own", async () => {
    const networks = ["test-blue", "test-green"].map((Name) => ({ Name, IPAM: { Config: [{ Subnet: "" }] } }));
    const docker = { listNetworks: async () => networks } as unknown as Docker;
    const elsewhere = { "test-green": "10.9.9.9" };
    const changed = context({ [blue]: { addresses: {} }, [green]: { addresses: elsewhere } });
    const checks = await checkNetworks({ ...changed, docker });
    const [first, second, third] = checks.map(({ name, verdict, value, remedy }) => [name, verdict, value, remedy]);
    const back = (color: string) =>
      `docker network connect --ip 10.240.0.16 --alias orders test-${color} test-${color}-orders-1`;
    expect(first).toEqual(["network test-blue", "fail", `${blue} is not in it`, `\`${back("blue")}\``]);
    const away = `\`docker network disconnect test-green ${green} && ${back("green")}\``;
    expect(second).toEqual(["network test-green", "fail", `${green} has 10.9.9.9, not 10.240.0.16`, away]);
    expect(third?.slice(0, 3)).toEqual(["network test-platform", "fail", "there is none"]);
  });
});
