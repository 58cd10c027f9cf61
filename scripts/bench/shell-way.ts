import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, execOk } from "../../operations/live/docker.ts";
import type { ColorName } from "../../stacks/schema.ts";
import { removeLabelled } from "../leftovers.ts";
import { freePort } from "./stack.ts";

/** What people do without Switchback: the same nginx and application, a file edited and `nginx -s reload`. */
export interface ShellWay {
  readonly url: string;
  /** Edits the upstream file and reloads. @returns when it began, in milliseconds since 1970 */
  switchTo(color: ColorName): Promise<number>;
  remove(): Promise<void>;
}

/** Starts one application container for each color and a plain nginx in front, with green active. */
export async function startShellWay(): Promise<ShellWay> {
  const docker = connect();
  const id = `shell-${randomBytes(3).toString("hex")}`;
  const labels = { "switchback.bench": id };
  const remove = async () => void (await removeLabelled(docker, [`switchback.bench=${id}`]));
  try {
    await docker.createNetwork({ Name: id, Labels: labels });
    const addresses = { blue: "", green: "" };
    for (const [color, release] of [
      ["blue", "1.0.0"],
      ["green", "1.1.0"],
    ] as const) {
      const app = await docker.createContainer({
        name: `${id}-${color}`,
        Image: `switchback/orders:${release}`,
        Env: [`SWITCHBACK_COLOR=${color}`],
        Labels: labels,
        HostConfig: { NetworkMode: id, Init: true },
      });
      await app.start();
      addresses[color] = (await app.inspect()).NetworkSettings.Networks[id]?.IPAddress ?? "";
    }
    const port = await freePort();
    const nginx = await docker.createContainer({
      name: `${id}-nginx`,
      Image: "switchback/router:1",
      Entrypoint: ["sh", "-ec"],
      Cmd: [
        'printf %s "$CONF" > /tmp/nginx.conf; printf %s "$UPSTREAM" > /tmp/upstream.conf; exec nginx -c /tmp/nginx.conf -g "daemon off;"',
      ],
      Env: [`CONF=${nginxConf(addresses)}`, `UPSTREAM=${upstream(addresses.green)}`],
      Labels: labels,
      ExposedPorts: { "8080/tcp": {} },
      HostConfig: { NetworkMode: id, PortBindings: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: `${port}` }] } },
    });
    await nginx.start();
    const url = `http://127.0.0.1:${port}`;
    await answering(`${url}/ready`);
    const switchTo = async (color: ColorName) => {
      const began = Date.now();
      const script = `printf %s "$1" > /tmp/upstream.conf && nginx -q -t -c /tmp/nginx.conf && nginx -c /tmp/nginx.conf -s reload`;
      await execOk(docker, nginx.id, ["sh", "-ec", script, "sh", upstream(addresses[color])]);
      return began;
    };
    return { url, switchTo, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

const upstream = (address: string) => `upstream orders { server ${address}:8080; keepalive 64; }\n`;

// As Switchback's own: one worker, upstream keep-alive, WebSockets; the color is told by the address that answered.
const nginxConf = ({ blue, green }: Record<ColorName, string>) => `
worker_processes 1;
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path /tmp/body; proxy_temp_path /tmp/proxy; fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi; scgi_temp_path /tmp/scgi;
  map $upstream_addr $color { "~^${blue}:" blue; "~^${green}:" green; }
  map $http_upgrade $connection_header { default upgrade; "" ""; }
  include /tmp/upstream.conf;
  server {
    listen 8080;
    location / {
      proxy_pass http://orders;
      proxy_http_version 1.1;
      proxy_set_header Connection $connection_header;
      proxy_set_header Upgrade $http_upgrade;
      proxy_read_timeout 3600s;
      add_header X-Switchback-Color $color always;
    }
  }
}
`;

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`expected ${url} to answer within 10 s`);
}
