import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedService, type RouterPlan, renderNginx } from "../../components/nginx-conf.ts";
import { connect, exec } from "../../operations/live/docker.ts";

const docker = connect();
let nginx = "";

beforeAll(async () => {
  const container = await docker.createContainer({
    Image: "switchback/router:1",
    Entrypoint: ["sleep", "600"],
    Labels: { "switchback.test": "nginx-conf" },
    HostConfig: { Init: true },
  });
  await container.start();
  nginx = container.id;
});
afterAll(() => docker.getContainer(nginx).remove({ force: true, v: true }));

const web: RoutedService = {
  name: "web",
  port: 8080,
  addresses: ["10.83.0.16", "10.83.0.17"],
  route: { path: "/" },
  webSockets: ["/ws"],
};
const api: RoutedService = { ...web, name: "api", port: 3000, route: { path: "/api.v1" }, webSockets: [] };
const plan: RouterPlan = {
  stack: "staging",
  colors: { blue: { snippet: "", services: [web] }, green: null },
  listeners: [],
  certificate: undefined,
  platformSnippet: "",
  maintenancePage: "<h1>Back soon</h1>",
  retryAfterSeconds: 30,
  holdMaxSeconds: 5,
};
const withBoth = (services: readonly RoutedService[], snippet = ""): RouterPlan => ({
  ...plan,
  colors: { blue: { snippet, services }, green: { snippet, services } },
});

/** What a real `nginx -t` says of a configuration; "" when it passes. */
async function refusal(text: string): Promise<string> {
  const script = "cat > /tmp/test.conf; nginx -t -c /tmp/test.conf";
  const { exitCode, stderr } = await exec(docker, nginx, ["sh", "-c", script], text);
  return exitCode === 0 ? "" : stderr;
}

describe("renderNginx", () => {
  it("renders both colors, and 503 for the absent one", () => {
    expect(renderNginx(plan)).toMatchSnapshot();
  });

  it("routes by host first, then by the longest path, and never /apix to /api", () => {
    const hosted: RoutedService = { ...api, name: "shop", route: { path: "/", host: "*.shop.example.com" } };
    const map = renderNginx(withBoth([web, api, hosted])).match(/map "\$host \$uri"[^}]*}/)![0];
    expect(map).toMatchInlineSnapshot(`
      "map "$host $uri" $switchback_target {
          default "";
          "~^[^ ]+\\.shop\\.example\\.com /" shop;
          "~^[^ ]* /api\\.v1(/|$)" api;
          "~^[^ ]* /ws(/|$)" web_ws;
          "~^[^ ]* /" web;
        }"
    `);
  });

  it("does not depend on the order in which services are given", () => {
    expect(renderNginx(withBoth([web, api]))).toBe(renderNginx(withBoth([api, web])));
  });

  it("leaves out services without a route", () => {
    const worker: RoutedService = { ...web, name: "worker", route: undefined, webSockets: [] };
    expect(renderNginx(withBoth([web, worker]))).toBe(renderNginx(withBoth([web])));
  });

  it("answers 503 for a service that one color alone has", () => {
    const text = renderNginx({
      ...plan,
      colors: { blue: { snippet: "", services: [web] }, green: { snippet: "", services: [web, api] } },
    });
    expect(text).toContain('return 503 "api is not part of the release on blue.\\n"');
    expect(text).not.toContain("upstream blue_api");
  });

  it("lets the platform set and the release set state what the router has defaults for", async () => {
    const text = renderNginx({
      ...withBoth([web], "proxy_read_timeout 5m;"),
      platformSnippet: "client_max_body_size 20m;\nproxy_connect_timeout 5s;",
    });
    expect(text).not.toContain("client_max_body_size 0;");
    expect(text).not.toContain("proxy_read_timeout 1h;");
    expect(await refusal(text)).toBe("");
  });

  it("refuses a snippet that takes the access log away, because requests in flight are counted there", () => {
    expect(() => renderNginx(withBoth([web], "access_log off;"))).toThrow(
      "expected no access_log in the nginx snippet of blue's release set, got one; requests in flight are counted in the router's log: remove it",
    );
  });

  it("writes a page of any length and with any character", async () => {
    const page = `<p class="a">\\ $host é ${"x'{};\n".repeat(2000)}</p>`;
    const text = renderNginx({ ...plan, maintenancePage: page });
    expect(text.split("\n").every((line) => Buffer.byteLength(line) < 4096)).toBe(true);
    expect(await refusal(text)).toBe("");
  });

  it.each([
    ["one color", plan],
    ["no color", { ...plan, colors: { blue: null, green: null } }],
    ["both colors with several services", withBoth([web, api])],
    ["a release set's snippet", withBoth([web], 'add_header X-Set "one" always;\nproxy_set_header X-Set one;')],
    ["an empty maintenance page", { ...plan, maintenancePage: "" }],
  ] as const)("passes nginx -t: %s", async (_, tested) => {
    expect(await refusal(renderNginx(tested))).toBe("");
  });

  it("is refused by nginx -t when a snippet is broken", async () => {
    expect(await refusal(renderNginx(withBoth([web], "proxy_raed_timeout 5s;")))).toContain(
      'unknown directive "proxy_raed_timeout"',
    );
  });
});
