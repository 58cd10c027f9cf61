import type Docker from "dockerode";
import { execOk } from "../live/docker.ts";

export interface Ask {
  readonly url: string;
  /** Value of the header Host; unset: that of the URL. */
  readonly host?: string | undefined;
}

export interface Answer {
  /** 0: none. */
  readonly status: number;
  readonly milliseconds: number;
  /** Why there was none. */
  readonly error: string;
  /** By name in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Its first 64 KiB. */
  readonly body: string;
}

/**
 * Asks everything at once by HTTP from a container that has curl, each over a connection of its own.
 * @throws when the container does not run
 */
export async function askAll(
  docker: Docker,
  container: string,
  asks: readonly Ask[],
  seconds: number,
): Promise<Answer[]> {
  if (asks.length === 0) return [];
  const output = await execOk(
    docker,
    container,
    ["sh", "-euc", script],
    asks.map((ask, at) => request(ask, at, seconds)).join("\nnext\n"),
  );
  return parseAnswers(output, asks.length);
}

const script = `
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
curl -sZ --parallel-immediate --parallel-max 30 -K - || true
for file in *.*; do
  if [ -f "$file" ]; then printf '%s %s\\n' "$file" "$(head -c 65536 "$file" | base64 -w0)"; fi
done`;

const request = ({ url, host }: Ask, at: number, seconds: number) =>
  [
    `url = "${url}"`,
    ...(host ? [`header = "Host: ${host.replace("*", "any")}"`] : []),
    'header = "Connection: close"',
    `output = "${at}.body"`,
    `dump-header = "${at}.head"`,
    `max-time = ${seconds}`,
    `write-out = "${at} %{http_code} %{time_total} %{errormsg}\\n"`,
  ].join("\n");

/** Lines `<number> <status> <seconds> <error>`, then `<number>.<head|body> <base64>`. */
export function parseAnswers(output: string, count: number): Answer[] {
  const lines = output.split("\n").map((line) => line.split(" "));
  const file = (name: string) =>
    Buffer.from(lines.find(([first]) => first === name)?.[1] ?? "", "base64").toString("utf8");
  return Array.from({ length: count }, (_, at) => {
    const [, status = "0", seconds = "0", ...error] = lines.find(([first]) => first === `${at}`) ?? [];
    return {
      status: Number(status),
      milliseconds: Math.round(Number(seconds) * 1000),
      error: error.join(" ") || "no answer",
      headers: parseHeaders(file(`${at}.head`)),
      body: file(`${at}.body`),
    };
  });
}

const parseHeaders = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\r\n").flatMap((line) => {
      const [, name, value = ""] = /^([^:\s]+):\s*(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name.toLowerCase(), value] as const];
    }),
  );
