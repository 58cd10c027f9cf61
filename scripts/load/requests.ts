import http from "node:http";
import { type Kind, kindOf, type LoadOptions, maxInFlight } from "./options.ts";
import type { RequestRecord } from "./result.ts";

const tickMs = 5;
const timeoutMs = 15_000;

export interface RequestLoop {
  readonly records: RequestRecord[];
  /** Starts no more requests and waits for those in flight. */
  stop(): Promise<void>;
}

/** Starts requests at a fixed rate, whether or not earlier ones were answered. */
export function startRequests({ url, requestsPerSecond }: LoadOptions): RequestLoop {
  const records: RequestRecord[] = [];
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
    const request = send(url, kindOf(n), n, agent).then((record) => {
      records.push(record);
      inFlight.delete(request);
    });
    inFlight.add(request);
  }

  return {
    records,
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

function send(origin: string, kind: Kind, n: number, agent: http.Agent): Promise<RequestRecord> {
  const id = `${n}`;
  const body = kind === "post" ? JSON.stringify({ id, item: "tea" }) : undefined;
  const path = {
    "keep-alive": "/version",
    "new-connection": "/orders?limit=5",
    post: "/orders",
    slow: "/slow?ms=2000",
  }[kind];
  const start = Date.now();
  return new Promise((resolve) => {
    const finish = (color: string | null, failure: string | null) =>
      resolve({ kind, start, end: Date.now(), color, failure });
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
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => finish(color, judge(response.statusCode ?? 0, kind, id, text)));
        response.on("error", (error) => finish(color, reason(error)));
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    request.on("error", (error) => finish(null, reason(error)));
    request.end(body);
  });
}

function judge(status: number, kind: Kind, id: string, text: string): string | null {
  if (status < 200 || status > 299) return `status ${status}`;
  if (kind === "post" && !text.includes(`"id":"${id}"`)) return "another order than the one sent";
  return null;
}

const reason = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.message;
