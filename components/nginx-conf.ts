import { type ColorName, colors } from "../stacks/schema.ts";
import { location } from "./nginx-location.ts";

export interface RoutedService {
  readonly name: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly route?: { readonly path: string; readonly host?: string | undefined } | undefined;
  readonly webSockets: readonly string[];
}

export interface RoutedColor {
  /** The release set's own directives, put in each location of this color. */
  readonly snippet: string;
  readonly services: readonly RoutedService[];
}

export interface RouterPlan {
  readonly stack: string;
  /** `null`: the color is absent, and its locations answer 503. */
  readonly colors: Record<ColorName, RoutedColor | null>;
  /** Ports in the container beside 8080; with `tls` they speak HTTPS. */
  readonly listeners: readonly { readonly port: number; readonly tls: boolean }[];
  /** Files in the container; undefined: there is none, and no listener speaks HTTPS. */
  readonly certificate: { readonly chain: string; readonly key: string } | undefined;
  /** The platform set's directives at http level. */
  readonly platformSnippet: string;
  /** HTML of the 503 in maintenance. */
  readonly maintenancePage: string;
  readonly retryAfterSeconds: number;
  readonly holdMaxSeconds: number;
}

/** nginx reads a directive's argument into a buffer of 4096 bytes, so a longer page goes in as several variables. */
const PAGE_CHUNK_BYTES = 2000;

/**
 * The router's structural configuration. Which color serves, the releases, canary and mode are not in it: they are in
 * the run-time pointer, so that a switch never reloads nginx.
 * @throws when a snippet holds a directive that the router's counting depends on
 */
export function renderNginx(plan: RouterPlan): string {
  const services = routedServices(plan);
  const blocks = [
    settings(plan),
    ...colors.flatMap((color) => services.map(({ name }) => upstream(color, name, find(plan, color, name)))),
    targets(services),
    server(plan, services),
  ];
  return `${head(plan.stack)}\nhttp {\n${indent(blocks.filter((block) => block !== "").join("\n\n"))}\n}\n`;
}

const head = (
  stack: string,
) => `# Rendered by Switchback for the stack "${stack}"; a change made here is lost with the next \`up\`.
load_module /usr/lib/nginx/modules/ngx_http_js_module.so;
worker_processes 2;
pid /run/switchback/nginx.pid;
error_log /dev/stderr warn;
events {
  worker_connections 4096;
}
`;

/** Directives of http level that the platform set may state itself. */
function settings({ platformSnippet }: RouterPlan): string {
  const defaults = [
    // The application decides what is too large, not the router.
    ["client_max_body_size", "0"],
    ["proxy_connect_timeout", "2s"],
    ["proxy_http_version", "1.1"],
    // Without `non_idempotent`: a POST that may have reached a replica is never sent a second time.
    ["proxy_next_upstream", "error timeout"],
    ["proxy_next_upstream_tries", "2"],
  ] as const;
  const lines = defaults
    .filter(([name]) => !new RegExp(`(^|[\\s;{}])${name}\\s`).test(platformSnippet))
    .map(([name, value]) => `${name} ${value};`);
  return ["include /usr/local/share/switchback/common.conf;", ...lines, platformSnippet.trim()].join("\n").trim();
}

function upstream(color: ColorName, name: string, service: RoutedService | undefined): string {
  if (!service) return "";
  const servers = service.addresses.map((address) => `  server ${address}:${service.port};`);
  return `upstream ${color}_${name} {
${servers.join("\n")}
  keepalive 32;
  # Shorter than the 5 s after which common application servers close an idle connection, just as a request comes.
  keepalive_timeout 3s;
}`;
}

/** Which service, and whether by its WebSocket locations, a request belongs to: host first, then the longest path. */
function targets(services: readonly RoutedService[]): string {
  const rows = services.flatMap((service) => [
    { ...service.route!, target: service.name },
    ...service.webSockets.map((path) => ({ ...service.route!, path, target: `${service.name}_ws` })),
  ]);
  rows.sort(
    (a, b) =>
      Number(b.host !== undefined) - Number(a.host !== undefined) ||
      Number(a.host?.startsWith("*")) - Number(b.host?.startsWith("*")) ||
      b.path.length - a.path.length ||
      (`${a.host} ${a.path}` < `${b.host} ${b.path}` ? -1 : 1),
  );
  const lines = rows.map(({ host, path, target }) => `  "~^${hostPattern(host)} ${pathPattern(path)}" ${target};`);
  return `map "$host $uri" $switchback_target {\n${['  default "";', ...lines].join("\n")}\n}`;
}

const hostPattern = (host: string | undefined) => (host === undefined ? "[^ ]*" : quote(host).replace("\\*", "[^ ]+"));
/** `/api` routes /api and /api/x, not /apix. */
const pathPattern = (path: string) => (path.endsWith("/") ? quote(path) : `${quote(path)}(/|$)`);
const quote = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function server(plan: RouterPlan, services: readonly RoutedService[]): string {
  const named = colors.flatMap((color) =>
    services.flatMap(({ name, webSockets }) => {
      const present = find(plan, color, name) !== undefined;
      const snippet = plan.colors[color]?.snippet ?? "";
      const kinds = webSockets.length > 0 ? [false, true] : [false];
      return kinds.map((webSocket) => location({ color, service: name, webSocket, present, snippet }));
    }),
  );
  return `server {
${indent(listening(plan))}
  recursive_error_pages on;
  error_page 590 = @blue_$switchback_target;
  error_page 591 = @green_$switchback_target;
  error_page 592 = @hold;
  error_page 593 = @maintenance;
  error_page 594 = @isolate;
  error_page 595 = @none;

  # The codes above 589 are never sent: they carry a request to the named location of the same rank.
  location / {
    set $route $switchback_route;
    if ($route = blue) { return 590; }
    if ($route = green) { return 591; }
    if ($route = hold) { return 592; }
    if ($route = isolate) { return 594; }
    if ($route = none) { return 595; }
    return 593;
  }

${indent([...named, ...answers(plan)].join("\n"))}
}`;
}

function listening({ listeners, certificate }: RouterPlan): string {
  const tls = certificate && listeners.some((listener) => listener.tls);
  return [
    "listen 8080 default_server;",
    ...listeners.map(({ port, tls }) => `listen ${port}${tls ? " ssl" : ""} default_server;`),
    ...(tls
      ? [
          `ssl_certificate ${certificate.chain};`,
          `ssl_certificate_key ${certificate.key};`,
          "ssl_protocols TLSv1.2 TLSv1.3;",
          "ssl_session_cache shared:tls:2m;",
        ]
      : []),
  ].join("\n");
}

function answers(plan: RouterPlan): string[] {
  const chunks = pageChunks(plan.maintenancePage);
  const page = chunks.map((chunk, at) => `  set $page_${at} "${chunk}";`);
  return [
    `location @hold {\n  set $switchback_hold_max ${plan.holdMaxSeconds};\n  js_content router.hold;\n}`,
    `location @bound {
  default_type text/plain;
  add_header Retry-After 1 always;
  return 503 "Held for ${plan.holdMaxSeconds} s, which is the bound. Try again.\\n";
}`,
    `location @maintenance {
  default_type text/html;
  add_header Retry-After $switchback_retry_after always;
  add_header Cache-Control no-store always;
${page.join("\n")}
  return 503 "${chunks.map((_, at) => `$page_${at}`).join("")}";
}`,
    `location @isolate {\n  default_type text/plain;\n  add_header Retry-After $switchback_retry_after always;\n  return 503 "Isolated.\\n";\n}`,
    `location @none {\n  default_type text/plain;\n  return 404 "No service is routed here.\\n";\n}`,
  ];
}

/** The page as nginx texts: quotes escaped, and the dollar sign in a variable, because nginx cannot write one. */
function pageChunks(page: string): string[] {
  const chunks = [""];
  for (const character of page) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is nginx's variable.
    const written = character === "$" ? "${switchback_dollar}" : character.replace(/["\\]/, "\\$&");
    if (Buffer.byteLength(chunks.at(-1)! + written) > PAGE_CHUNK_BYTES) chunks.push("");
    chunks[chunks.length - 1] += written;
  }
  return chunks;
}

const find = (plan: RouterPlan, color: ColorName, name: string) =>
  plan.colors[color]?.services.find((service) => service.name === name && service.addresses.length > 0);

/** Services with a route in either color, by name; both colors agree on the routes. */
function routedServices(plan: RouterPlan): RoutedService[] {
  const all = colors.flatMap((color) => plan.colors[color]?.services ?? []).filter((service) => service.route);
  const byName = new Map(all.map((service) => [service.name, service]));
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "  ");
