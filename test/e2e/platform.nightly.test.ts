import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFileIn, writeFilesIn } from "../../operations/files/container-files.ts";
import { recordImage } from "../../stacks/image-record.ts";
import { makeCertificate } from "../helpers/certificates.ts";
import { prometheus, prometheusImage } from "./prometheus.ts";
import { docker, engine, freePort, inside, served, type TestStack, testStack } from "./stack.ts";

const folder = mkdtempSync(join(tmpdir(), "platform-"));
let stack: TestStack;
let tlsPort: number;

const scrape = (seconds: number) =>
  `global: {scrape_interval: ${seconds}s}\nscrape_configs: [{job_name: own, static_configs: [{targets: ["127.0.0.1:9090"]}]}]\n`;

/** A platform set with a certificate of its own and this prometheus.yml. @returns where its private key is */
function platformSet(name: string, config: string, days = 30): { file: string; version: number } {
  const set = join(stack.dir, "sets", name);
  mkdirSync(set);
  cpSync(join(stack.dir, "sets/platform/maintenance.html"), join(set, "maintenance.html"));
  const { certificate, key } = makeCertificate(folder, `${name}.example`, days);
  writeFileSync(join(set, "tls.pem"), certificate);
  writeFileSync(join(set, "prometheus.yml"), config);
  writeFileSync(
    join(set, "set.yaml"),
    `tls: {certificate: tls.pem, key: ${name}}\nservices: {prometheus: {files: {/etc/prometheus/prometheus.yml: prometheus.yml}}}\n`,
  );
  const file = join(folder, name);
  writeFileSync(`${file}.3`, key);
  return { file, version: 3 };
}

const services = {
  prometheus: {
    image: prometheus,
    slot: 0,
    port: 9090,
    command: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/data", "--web.enable-lifecycle"],
    volumes: { data: "/data" },
    reload: { http: "/-/reload" },
  },
};
const platform = (set: string) => ({ platform: { set, services } });

beforeAll(async () => {
  const id = await prometheusImage();
  tlsPort = await freePort();
  stack = await testStack({}, { copies: ["sets"] });
  recordImage(join(stack.dir, ".switchback/images.json"), prometheus, id);
  const secrets = {
    first: platformSet("first", scrape(7)),
    second: platformSet("second", scrape(9)),
    broken: platformSet("broken", "global: {scrape_intervall: 7s}\n"),
    expired: platformSet("expired", scrape(9), -1),
  };
  stack.set({
    secrets,
    router: { port: stack.port, gate: { timeoutSeconds: 20 }, listeners: { https: { port: tlsPort } } },
    ...platform("first"),
  });
}, 300_000);
afterAll(async () => {
  await stack?.cleanup();
  rmSync(folder, { recursive: true });
});

async function changed(changes: Readonly<Record<string, unknown>> = {}): Promise<string[]> {
  stack.set(changes);
  const digest: { steps: { op: string; urn: string }[] } = JSON.parse(
    (await stack.ok("preview", "--json", "--engine", engine)).stdout,
  );
  return digest.steps
    .filter(({ op }) => op !== "same")
    .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
    .sort();
}

/** Name in the certificate with which the router answers. */
const certificateName = (): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port: tlsPort, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subjectaltname);
      socket.end("GET /version HTTP/1.0\r\n\r\n");
    });
    socket.on("error", reject);
  });

const scrapeInterval = async () => {
  const answer = await inside(
    stack,
    "router",
    "curl -s http://$(getent hosts prometheus | cut -d' ' -f1):9090/api/v1/status/config",
  );
  return /scrape_interval: (\w+)/.exec(answer)?.[1];
};

const containerId = async (name: string) => (await docker.getContainer(stack.container(name)).inspect()).Id;
const standing = async () => [await certificateName(), await scrapeInterval()];

describe("the platform set", () => {
  let ids: string[];
  const live = () => Promise.all(["prometheus", "router"].map(containerId));

  it("brings up its services and the certificate, and changes nothing when `up` runs again", async () => {
    await stack.upOk();
    expect(await standing()).toEqual(["DNS:first.example", "7s"]);
    expect(await changed()).toEqual([]);
    ids = await live();
  });

  it("shows no private key in its state, and in nothing that anybody can inspect", async () => {
    // A line of its body; the PEM as JSON has its line breaks escaped.
    const line = readFileSync(join(folder, "first.3"), "utf8").split("\n")[1]!;
    const { stdout, status } = spawnSync("grep", ["-rlF", line, join(stack.dir, ".switchback")], { encoding: "utf8" });
    expect([stdout, status]).toEqual(["", 1]);
    expect(JSON.stringify(await docker.getContainer(stack.container("router")).inspect())).not.toContain(line);
  });

  it("keeps the volumes of its services in keepers", async () => {
    const { State } = await docker.getContainer(stack.container("prometheus-data-keeper")).inspect();
    expect(State.Running).toBe(true);
  });

  it("is refused when the service's own tool refuses its files, and nothing changes", async () => {
    const { code, stdout } = await stack.up(platform("broken"));
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/platform-prometheus: expected `promtool check config \S+` .*scrape_intervall/);
    expect(await standing()).toEqual(["DNS:first.example", "7s"]);
  });

  it("is refused with a certificate that has expired", async () => {
    const { code, stdout } = await stack.up(platform("expired"));
    expect(code).not.toBe(0);
    expect(stdout).toMatch(
      /certificate: expected a certificate that is valid now, got one of DNS:expired\.example that expired on/,
    );
  });

  it("is taken while router and services run", async () => {
    expect(await changed(platform("second"))).toEqual([
      "update prometheus",
      "update router",
      "update router-certificate",
    ]);
    const { stdout } = await stack.upOk();
    expect(stdout).toContain("prometheus gets new files while it runs");
    expect(await standing()).toEqual(["DNS:second.example", "9s"]);
    expect(await live()).toEqual(ids);
    expect(await changed()).toEqual([]);
  });

  it("stays where it is when the traffic moves: one changed resource", async () => {
    expect(await changed({ activeColor: "blue" })).toEqual(["update router"]);
    await stack.upOk();
    expect(await served(stack)).toBe("200 blue 1.0.0");
    expect(await standing()).toEqual(["DNS:second.example", "9s"]);
  });

  it("goes back by naming the former set, while the services run", async () => {
    await stack.upOk(platform("first"));
    expect(await standing()).toEqual(["DNS:first.example", "7s"]);
    expect(await live()).toEqual(ids);
    expect(await served(stack)).toBe("200 blue 1.0.0");
    const lines = await stack.journal();
    expect(lines.findLast(({ event }) => event === "platform")).toMatchObject({
      actor: "tester",
      written: expect.any(Array),
    });
  });

  it("is put back when somebody changed a file by hand", async () => {
    const file = { path: "/etc/prometheus/prometheus.yml", content: scrape(11), mode: 0o444, uid: 0 };
    await writeFilesIn(docker, stack.container("prometheus"), [file]);
    expect(await changed()).toEqual(["update prometheus"]);
    await stack.upOk();
    expect(await readFileIn(docker, stack.container("prometheus"), file.path)).toBe(scrape(7));
  });
});
