import type { ColorName } from "../stacks/schema.ts";

export interface ColorLocation {
  readonly color: ColorName;
  readonly service: string;
  readonly webSocket: boolean;
  /** Whether the service exists in this color; an absent one answers 503. */
  readonly present: boolean;
  /** The release set's own directives. */
  readonly snippet: string;
}

/** The named location that carries a service's requests to one color. */
export function location(args: ColorLocation): string {
  const name = `@${args.color}_${args.service}${args.webSocket ? "_ws" : ""}`;
  if (!args.present) {
    return `location ${name} {
  default_type text/plain;
${answerHeaders(args.color)}
  add_header Retry-After $switchback_retry_after always;
  return 503 "${args.service} is not part of the release on ${args.color}.\\n";
}`;
  }
  const snippet = args.snippet.trim();
  refuseAccessLog(args.color, snippet);
  const lines = [
    answerHeaders(args.color),
    "  # A snippet's own headers do not take these away, because they stand at the same level.",
    ...requestHeaders(args.webSocket),
    ...(args.webSocket ? webSocketTimeouts(snippet) : []),
    ...(snippet === "" ? [] : [snippet.replace(/^(?=.)/gm, "  ")]),
    `  proxy_pass http://${args.color}_${args.service};`,
  ];
  return `location ${name} {\n${lines.join("\n")}\n}`;
}

const answerHeaders = (color: ColorName) => `  add_header X-Switchback-Color ${color} always;
  add_header X-Switchback-Release $switchback_release always;
  add_header Set-Cookie $switchback_cookie always;`;

const requestHeaders = (webSocket: boolean) => [
  "  proxy_hide_header X-Switchback-Color;",
  "  proxy_hide_header X-Switchback-Release;",
  "  proxy_set_header Host $http_host;",
  "  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
  "  proxy_set_header X-Forwarded-Host $http_host;",
  "  proxy_set_header X-Forwarded-Proto $switchback_proto;",
  '  proxy_set_header X-Switchback-Bypass "";',
  ...(webSocket
    ? [
        "  proxy_set_header Upgrade $http_upgrade;",
        "  proxy_set_header Connection $switchback_connection;",
        "  proxy_buffering off;",
      ]
    : ['  proxy_set_header Connection "";']),
];

/** A WebSocket may be silent for long; nginx's own 60 s would cut it. */
const webSocketTimeouts = (snippet: string) =>
  ["proxy_read_timeout", "proxy_send_timeout"].filter((name) => !has(snippet, name)).map((name) => `  ${name} 1h;`);

function refuseAccessLog(color: ColorName, snippet: string): void {
  if (!has(snippet, "access_log")) return;
  throw new Error(
    `expected no access_log in the nginx snippet of ${color}'s release set, got one; requests in flight are counted in the router's log: remove it`,
  );
}

const has = (snippet: string, directive: string) => new RegExp(`(^|[\\s;{}])${directive}\\s`).test(snippet);
