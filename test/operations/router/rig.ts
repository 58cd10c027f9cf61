import { randomBytes, randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Container } from "dockerode";
import { type RouterPlan, renderNginx } from "../../../components/nginx-conf.ts";
import { connect, execOk } from "../../../operations/live/docker.ts";
import type { JournalEntry } from "../../../operations/live/journal.ts";
import type { Pointer, RouterGoal, TargetService } from "../../../operations/router/goal.ts";
import { type RouterResult, runRouter } from "../../../operations/router/operation.ts";
import { readRouter } from "../../../operations/router/state.ts";
import { type ColorName, colors } from "../../../stacks/schema.ts";

export const docker = connect();
export const routerImage = "switchback/router:1";
const backendImage = "switchback/orders:1.0.0";
const backendSource = readFileSync(new URL("./backend.cjs", import.meta.url), "utf8");

/** A router with a backend on each color, without Pulumi, on networks of its own. */
export interface Rig {
  readonly stack: string;
  readonly router: string;
  /** Where the router is published on this host. */
  url: string;
  readonly journal: JournalEntry[];
  readonly log: string[];
  readonly image: string;
  /** Runs the router's operation with a goal that differs from the standard one (green serves) as said. */
  run(change?: GoalChange): Promise<RouterResult>;
  goal(change?: GoalChange): { goal: RouterGoal; nginxConf: string };
  sh(container: string, script: string): Promise<string>;
  state(): Promise<Extract<Awaited<ReturnType<typeof readRouter>>, { kind: "read" }>>;
  /** Sends one request to the router's writer. */
  write(request: object): Promise<{ file: { pointer: Pointer } }>;
  restart(): Promise<void>;
  remove(): Promise<void>;
}

export interface GoalChange {
  readonly pointer?: Partial<Pointer>;
  readonly plan?: Partial<RouterPlan>;
  readonly drain?: Partial<RouterGoal["drain"]>;
  readonly gate?: Partial<RouterGoal["gate"]>;
  readonly colors?: Partial<RouterGoal["colors"]>;
  readonly epoch?: string;
}

/** @param options `volume`: options of the router's volume, such as a small tmpfs */
export async function createRig(options: { readonly volume?: Record<string, string> } = {}): Promise<Rig> {
  const stack = `rt${randomBytes(4).toString("hex")}`;
  const base = `10.${randomInt(200, 251)}.${4 * randomInt(0, 64)}`.split(".").map(Number) as [number, number, number];
  const subnet = (third: number) => `${base[0]}.${base[1]}.${base[2] + third}`;
  const labels = { "switchback.test": "router", "switchback.stack": stack };
  const nets = ["blue", "green", "platform"];
  for (const [at, net] of nets.entries()) {
    await docker.createNetwork({
      Name: `${stack}-${net}`,
      Labels: labels,
      IPAM: { Driver: "default", Config: [{ Subnet: `${subnet(at)}.0/24`, Gateway: `${subnet(at)}.1` }] },
    });
  }
  const image = (await docker.getImage(backendImage).inspect()).Id;
  for (const [at, color] of colors.entries()) {
    const container = await docker.createContainer({
      name: `${stack}-${color}-web-1`,
      Image: backendImage,
      Cmd: ["node", "-e", backendSource],
      Env: [`COLOR=${color}`],
      Labels: labels,
      Healthcheck: { Test: ["NONE"] },
      HostConfig: { NetworkMode: `${stack}-${color}`, Init: true },
      NetworkingConfig: address(`${stack}-${color}`, `${subnet(at)}.16`),
    });
    await container.start();
  }
  await docker.createVolume({ Name: `${stack}-router`, Labels: labels, DriverOpts: options.volume ?? {} });
  const router = await docker.createContainer({
    name: `${stack}-router`,
    Image: routerImage,
    Labels: labels,
    ExposedPorts: { "8080/tcp": {} },
    HostConfig: {
      NetworkMode: `${stack}-platform`,
      Init: true,
      Memory: 128 * 1024 * 1024,
      SecurityOpt: ["no-new-privileges"],
      PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "" }] },
      Binds: [`${stack}-router:/var/lib/switchback`],
    },
    NetworkingConfig: address(`${stack}-platform`, `${subnet(2)}.2`),
  });
  for (const [at, color] of colors.entries()) {
    await docker
      .getNetwork(`${stack}-${color}`)
      .connect({ Container: router.id, EndpointConfig: { IPAMConfig: { IPv4Address: `${subnet(at)}.2` } } });
  }
  await router.start();
  await untilAnswered(await publishedUrl(router));
  return makeRig(stack, router, image, (color) => `${subnet(colors.indexOf(color))}.16`);
}

async function makeRig(
  stack: string,
  router: Container,
  image: string,
  addressOf: (color: ColorName) => string,
): Promise<Rig> {
  const service = (color: ColorName): TargetService => ({
    name: "web",
    port: 8080,
    live: "/live",
    ready: "/ready",
    drainHook: "/drain",
    route: { path: "/" },
    replicas: [{ container: `${stack}-${color}-web-1`, address: addressOf(color) }],
    image,
  });
  const routed = (color: ColorName) => ({
    snippet: "",
    services: [{ name: "web", port: 8080, addresses: [addressOf(color)], route: { path: "/" }, webSockets: ["/ws"] }],
  });
  const name = `${stack}-router`;
  const journal: JournalEntry[] = [];
  const log: string[] = [];
  const goal = (change: GoalChange = {}) => ({
    goal: {
      stack,
      pointer: {
        color: "green",
        mode: "serve",
        canary: { percent: 0, sticky: false },
        releases: { blue: "1.0.0", green: "1.1.0" },
        retryAfterSeconds: 7,
        ...change.pointer,
      },
      colors: { blue: [service("blue")], green: [service("green")], ...change.colors },
      gate: { timeoutSeconds: 10, consecutive: 2, ...change.gate },
      confirm: { connections: 5 },
      drain: { httpSeconds: 30, webSocketSeconds: 60, webSocketsPerSecond: 25, wait: false, ...change.drain },
    } satisfies RouterGoal,
    nginxConf: renderNginx({
      stack,
      colors: { blue: routed("blue"), green: routed("green") },
      listeners: [],
      certificate: undefined,
      platformSnippet: "",
      maintenancePage: '<h1>Back "soon" for $5</h1>',
      retryAfterSeconds: 7,
      holdMaxSeconds: 5,
      ...change.plan,
    }),
  });
  const rig: Rig = {
    stack,
    router: name,
    url: "",
    journal,
    log,
    image,
    goal,
    run: (change = {}) =>
      runRouter({
        docker,
        ...goal(change),
        epoch: change.epoch ?? randomBytes(6).toString("hex"),
        reason: "a test",
        actor: "test",
        journal: (entry) => {
          journal.push(entry);
          return Promise.resolve({ at: new Date().toISOString() });
        },
        log: (line) => log.push(line),
      }),
    sh: (container, script) => execOk(docker, container, ["sh", "-euc", script]),
    state: async () => {
      const state = await readRouter(docker, stack);
      if (state.kind !== "read") throw new Error(`expected a readable router, got ${JSON.stringify(state)}`);
      return state;
    },
    write: async (request) =>
      JSON.parse(await execOk(docker, name, ["switchback-state"], `${JSON.stringify(request)}\n`)),
    restart: async () => {
      await router.restart({ t: 5 });
      rig.url = await publishedUrl(router);
      await untilAnswered(rig.url);
    },
    remove: () => removeStack(stack),
  };
  rig.url = await publishedUrl(router);
  return rig;
}

const address = (network: string, ip: string) => ({
  EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: ip } } },
});

async function publishedUrl(router: Container): Promise<string> {
  const { NetworkSettings } = await router.inspect();
  return `http://127.0.0.1:${NetworkSettings.Ports["8080/tcp"]![0]!.HostPort}`;
}

async function untilAnswered(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(url).catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`expected an answer at ${url}`);
}

async function removeStack(stack: string): Promise<void> {
  const filters = { label: [`switchback.stack=${stack}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch(() => {});
  }
  for (const { Id } of await docker.listNetworks({ filters }))
    await docker
      .getNetwork(Id)
      .remove()
      .catch(() => {});
  await docker
    .getVolume(`${stack}-router`)
    .remove()
    .catch(() => {});
}
