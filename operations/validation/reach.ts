import { createHash, randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { execOk } from "../live/docker.ts";
import { runOneShot } from "../live/one-shot.ts";
import { routerName } from "../router/state.ts";

export interface Reach {
  readonly host: string;
  readonly port: number;
  /** Sent once it is connected. */
  readonly send?: string | undefined;
  /** Whether the first answer is waited for. */
  readonly reads: boolean;
}

export interface Reached {
  /** It was connected, and answered where that was waited for. */
  readonly reached: boolean;
  /** The first KiB of the answer. */
  readonly answer: string;
  readonly error: string;
  readonly milliseconds: number;
}

/** Connects to everything at once from a running container that has bash. @throws when the container does not run */
export async function reachAll(
  docker: Docker,
  container: string,
  reaches: readonly Reach[],
  seconds: number,
): Promise<Reached[]> {
  if (reaches.length === 0) return [];
  const output = await execOk(docker, container, ["bash", "-uc", script, "reach", `${seconds}`], lines(reaches));
  return parseReached(output, reaches.length, seconds);
}

/**
 * The same from another network, in a container of its own.
 * @param network name of a network, or `container:<id>` for that of a container, its loopback too
 */
export async function reachFrom(
  docker: Docker,
  stack: string,
  network: string,
  reaches: readonly Reach[],
  seconds: number,
): Promise<Reached[]> {
  const { Image } = await docker.getContainer(routerName(stack)).inspect();
  const { stdout, stderr } = await runOneShot(docker, {
    name: `${stack}-validation-${randomBytes(4).toString("hex")}`,
    stack,
    role: "validation",
    image: Image,
    network,
    argv: ["bash", "-uc", `${script} </reaches`, "reach", `${seconds}`],
    files: { "/reaches": lines(reaches) },
  });
  if (stdout === "") throw new Error(`expected an answer of the probe in ${network}, got: ${stderr.trim()}`);
  return parseReached(stdout, reaches.length, seconds);
}

const none = "-";
const lines = (reaches: readonly Reach[]) =>
  reaches
    .map(({ host, port, send, reads }, at) => {
      const text = send === undefined ? none : Buffer.from(send).toString("base64");
      return `${at} ${host} ${port} ${reads ? "read" : "connect"} ${text}\n`;
    })
    .join("");

const script = `one() {
  begun=\${EPOCHREALTIME/[.,]/}
  answer=$(timeout "$limit" bash -c '
    exec 3<>"/dev/tcp/$0/$1" || exit 9
    if [ "$3" != ${none} ]; then base64 -d <<<"$3" >&3; fi
    if [ "$2" = read ]; then dd bs=1024 count=1 <&3 2>/dev/null | base64 -w0; fi' "$2" "$3" "$4" "$5" 2>&1)
  code=$?
  ended=\${EPOCHREALTIME/[.,]/}
  printf '%s %s %s %s\\n' "$1" "$code" $(((ended - begun) / 1000)) "\${answer//$'\\n'/ }"
}
limit=$1
{ while read -r id host port kind text; do one "$id" "$host" "$port" "$kind" "$text" & done; wait; }`;

/** Lines `<number> <exit code> <milliseconds> <answer in base64, or error>`. */
export function parseReached(output: string, count: number, seconds: number): Reached[] {
  const found = new Map(output.split("\n").map((line) => [line.split(" ")[0], line.split(" ")]));
  return Array.from({ length: count }, (_, at) => {
    const [, code = "", milliseconds = "0", ...rest] = found.get(`${at}`) ?? [];
    const reached = code === "0";
    const text = rest.join(" ");
    const error =
      code === "124" ? `no answer within ${seconds} s` : (/: ([^:]+)$/.exec(text.trim())?.[1] ?? "no answer");
    return {
      reached,
      answer: reached ? Buffer.from(text, "base64").toString("utf8") : "",
      error: reached ? "" : error.split("  ")[0]!,
      milliseconds: Number(milliseconds),
    };
  });
}

/** The opening handshake of a WebSocket (RFC 6455), and what its answer has to hold. */
export function webSocketHandshake(path: string, host: string): { send: string; accept: string } {
  const key = randomBytes(16).toString("base64");
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const head = [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${key}`,
  ];
  return { send: `${head.join("\r\n")}\r\n\r\n`, accept };
}

/** What is wrong with the answer to a handshake; undefined: nothing. */
export function judgeHandshake({ reached, answer, error }: Reached, accept: string): string | undefined {
  if (!reached) return error;
  const [first = ""] = answer.split("\r\n");
  if (!/^HTTP\/1\.1 101 /.test(first)) return first ? `answered "${first.slice(0, 60)}"` : "closed without an answer";
  return answer.includes(accept) ? undefined : "another Sec-WebSocket-Accept";
}
