import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { WebSocket } from "ws";

export interface Reply {
  readonly status: number;
  readonly color: string | undefined;
  readonly release: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Ask {
  readonly path?: string;
  readonly method?: string;
  readonly body?: Buffer | string;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent;
}

/** One request. Without an agent it has a connection of its own. */
export function ask(url: string, { path = "/", method = "GET", body, headers, agent }: Ask = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = { method, agent: agent ?? false, ...(headers ? { headers } : {}) } as const;
    const sent: ClientRequest = request(new URL(path, url), options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const { statusCode = 0, headers } = response;
        resolve({
          status: statusCode,
          color: headers["x-switchback-color"] as string | undefined,
          release: headers["x-switchback-release"] as string | undefined,
          headers,
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

export interface Load {
  readonly requests: number;
  /** What went wrong, one text each. */
  readonly failures: string[];
  readonly byColor: Record<string, number>;
}

/** Keep-alive reads, keep-alive writes, new connections and slow requests, all at once, until it is stopped. */
export function startLoad(url: string): { stop(): Promise<Load> } {
  const load = { requests: 0, failures: [] as string[], byColor: {} as Record<string, number> };
  let stopped = false;
  const body = Buffer.alloc(1000, "x");
  const loop = async (asked: Ask, keepAlive: boolean) => {
    const agent = keepAlive ? new Agent({ keepAlive: true, maxSockets: 1 }) : undefined;
    while (!stopped) {
      try {
        const { status, color = "none" } = await ask(url, { ...asked, ...(agent ? { agent } : {}) });
        load.requests++;
        load.byColor[color] = (load.byColor[color] ?? 0) + 1;
        if (status !== 200) load.failures.push(`${asked.method ?? "GET"} ${status}`);
      } catch (error) {
        load.failures.push(`${asked.method ?? "GET"} ${(error as Error).message}`);
      }
      if (!keepAlive) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    agent?.destroy();
  };
  const loops = [
    ...Array.from({ length: 4 }, () => loop({}, true)),
    ...Array.from({ length: 4 }, () => loop({ method: "POST", body }, true)),
    ...Array.from({ length: 2 }, () => loop({ method: "POST", body }, false)),
    ...Array.from({ length: 4 }, () => loop({ path: "/?ms=1000" }, true)),
  ];
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(loops);
      return load;
    },
  };
}

/** An open WebSocket of the router. @throws when the upgrade is refused */
export function openSocket(url: string, path = "/ws"): Promise<WebSocket> {
  const socket = new WebSocket(url.replace("http", "ws") + path);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** What the backend answers to a message. */
export function echo(socket: WebSocket, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once("message", (data) => resolve(data.toString()));
    socket.once("close", () => reject(new Error("closed")));
    socket.send(text);
  });
}
