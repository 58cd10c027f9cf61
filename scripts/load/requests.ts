import http from "node:http";
import type { Order } from "./ledger.ts";
import { type Kind, kindOf, type LoadOptions, maxInFlight, orderOf } from "./options.ts";
import type { RequestRecord } from "./result.ts";

const tickMs = 5;
const timeoutMs = 15_000;

export interface RequestLoop {
  readonly records: RequestRecord[];
  /** Orders that were answered with 201: kept here, outside the application and its database. */
  readonly acknowledged: Order[];
  /** Starts no more requests and waits for those in flight. */
  stop(): Promise<void>;
}

/** Starts requests at a fixed rate, whether or not earlier ones were answered. */
export function startRequests(options: LoadOptions): RequestLoop {
  const { url, requestsPerSecond } = options;
  const records: RequestRecord[] = [];
  const acknowledged: Order[] = [];
  const agent = new http.Agent({ keepAlive: true });
  const inFlight = new Set<Promise<void>>();
  const began = performance.now();
  let started = 0;

  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * requestsPerSecond);
    for (; started < due; started++) {
      if (inFlight.size >= maxInFlight) records.push(unsent(kindOf(started)));
      else track(started);
    }
  }, tickMs);

  function track(n: number): void {
    const kind = kindOf(n);
    const order = kind === "post" ? orderOf(options, n) : undefined;
    const request = send(url, kind, order, agent).then(({ record, stored }) => {
      records.push(record);
      if (stored) acknowledged.push(stored);
      inFlight.delete(request);
    });
    inFlight.add(request);
  }

  return {
    records,
    acknowledged,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(inFlight);
      agent.destroy();
    },
  };
}

function unsent(kind: Kind): RequestRecord {
  const now = Date.now();
  return { kind, start: now, end: now, color: null, failure: `not sent: ${maxInFlight} in flight` };
}

interface Sent {
  readonly record: RequestRecord;
  /** The order as the application acknowledged it. */
  readonly stored: Order | undefined;
}

function send(origin: string, kind: Kind, order: { id: string } | undefined, agent: http.Agent): Promise<Sent> {
  const body = order && JSON.stringify(order);
  const path = {
    "keep-alive": "/version",
    "new-connection": "/orders?limit=5",
    post: "/orders",
    slow: "/slow?ms=2000",
  }[kind];
  const start = Date.now();
  return new Promise((resolve) => {
    const finish = (color: string | null, failure: string | null, stored?: Order) =>
      resolve({ record: { kind, start, end: Date.now(), color, failure }, stored });
    const request = http.request(
      `${origin}${path}`,
      {
        method: body ? "POST" : "GET",
        agent: kind === "new-connection" ? false : agent,
        timeout: timeoutMs,
        headers: body ? { "content-type": "application/json", "content-length": Buffer.byteLength(body) } : {},
      },
      (response) => {
        const color = (response.headers["x-switchback-color"] as string | undefined) ?? null;
        const status = response.statusCode ?? 0;
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          const failure = judge(status, order?.id, text);
          finish(color, failure, order && !failure && status === 201 ? (JSON.parse(text) as Order) : undefined);
        });
        response.on("error", (error) => finish(color, reason(error)));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    request.on("error", (error) => finish(null, reason(error)));
    request.end(body);
  });
}

function judge(status: number, id: string | undefined, text: string): string | null {
  if (status < 200 || status > 299) return `status ${status}`;
  if (id !== undefined && !text.includes(`"id":"${id}"`)) return "another order than the one sent";
  return null;
}

const reason = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;
