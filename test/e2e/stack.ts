import { randomBytes, randomInt } from "node:crypto";
import { request } from "node:http";
import { createServer } from "node:net";
import type { JournalLine } from "../../operations/journal/line.ts";
import { connect, execOk } from "../../operations/live/docker.ts";
import { readJournal } from "../../operations/live/journal.ts";
import { makeProject, type Project, type ProjectArgs } from "../../scripts/project.ts";

export const docker = connect();

/** The engines that this run tests: `SWITCHBACK_TEST_ENGINE=pulumi` runs the same scenarios on the real CLI. */
export const engine = process.env.SWITCHBACK_TEST_ENGINE ?? "embedded";

export interface TestStack extends Project {
  readonly url: string;
  readonly port: number;
  /** Sets config, then runs `up --yes --skip-preview`. */
  up(changes?: Readonly<Record<string, unknown>>): ReturnType<Project["switchback"]>;
  upOk(changes?: Readonly<Record<string, unknown>>): ReturnType<Project["switchback"]>;
  /** Replaces top-level keys of the config. */
  set(changes: Readonly<Record<string, unknown>>): void;
  container(name: string): string;
  journal(): Promise<JournalLine[]>;
}

const orders = {
  image: "switchback/orders",
  slot: 0,
  port: 8080,
  route: { path: "/" },
  health: { live: "/live", ready: "/ready" },
  webSockets: ["/ws"],
  drainHook: "/drain",
  memoryMb: 128,
};

/**
 * A stack of the reference application with a name, subnet and port of its own. Nothing is up yet, and no engine has a
 * state for it: the first `up` makes one.
 */
export async function testStack(
  changes: Readonly<Record<string, unknown>> = {},
  project: Partial<ProjectArgs> = {},
): Promise<TestStack> {
  const stack = `e2e-${randomBytes(3).toString("hex")}`;
  const port = await freePort();
  const config: Record<string, unknown> = {
    activeColor: "green",
    colors: { blue: { imageTag: "1.0.0" }, green: { imageTag: "1.1.0" } },
    services: { orders },
    network: { subnet: `10.${randomInt(200, 250)}.${4 * randomInt(0, 64)}.0/22` },
    router: { port, drain: { httpSeconds: 15, webSocketSeconds: 3 }, gate: { timeoutSeconds: 15 } },
    platform: { set: "platform" },
    ...changes,
  };
  const env = {
    SWITCHBACK_ACTOR: "tester",
    PULUMI_CONFIG_PASSPHRASE: "e2e",
    PULUMI_BACKEND_URL: undefined,
    ...project.env,
  };
  const made = makeProject({ stack, configYaml: render(config), ...project, env });
  const set = (values: Readonly<Record<string, unknown>>) => {
    Object.assign(config, values);
    made.configure(render(config));
  };
  const args = ["up", "--yes", "--skip-preview", "--engine", engine];
  return {
    ...made,
    url: `http://127.0.0.1:${port}`,
    port,
    set,
    up: async (values = {}) => {
      set(values);
      return made.switchback(...args);
    },
    upOk: async (values = {}) => {
      set(values);
      return made.ok(...args);
    },
    container: (name) => `${stack}-${name}`,
    journal: () => readJournal(docker, stack),
  };
}

/** The service `orders` of the config, with other values. */
export const ordersWith = (changes: Readonly<Record<string, unknown>>): Record<string, unknown> => ({
  ...orders,
  ...changes,
});

/** What a preview would change: operation and name of each resource. */
export async function changedIn(stack: TestStack): Promise<string[]> {
  const { stdout } = await stack.ok("preview", "--json", "--engine", engine);
  const { steps } = JSON.parse(stdout) as { steps: readonly { readonly op: string; readonly urn: string }[] };
  return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** One request on a connection of its own. */
export function ask(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = "GET", headers = {}, body } = options;
    const sent = request(
      url,
      { method, headers: { ...headers, connection: "close" }, agent: false, timeout: 30_000 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
        response.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.on("timeout", () => sent.destroy(new Error(`no answer from ${url} within 30 s`)));
    sent.end(body);
  });
}

/** Color and release that answer a request now. */
export async function served(stack: TestStack): Promise<string> {
  const { status, headers } = await ask(`${stack.url}/version`);
  return `${status} ${headers["x-switchback-color"]} ${headers["x-switchback-release"]}`;
}

/** Runs a shell line in a container of the stack. */
export const inside = (stack: TestStack, name: string, line: string): Promise<string> =>
  execOk(docker, stack.container(name), ["sh", "-c", line]);

/** JSON is YAML, and keeps what is a string a string. */
const render = (config: Readonly<Record<string, unknown>>) =>
  JSON.stringify(
    { config: Object.fromEntries(Object.entries(config).map(([key, value]) => [`switchback:${key}`, value])) },
    null,
    2,
  );

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
