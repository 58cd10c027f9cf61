import { setTimeout as sleep } from "node:timers/promises";
import WebSocket from "ws";
import type { LoadOptions } from "./options.ts";
import type { WebSocketCounts } from "./result.ts";

const withoutCloseFrame = 1006;
const messageMs = 1000;

export interface WebSocketLoop {
  readonly counts: WebSocketCounts;
  stop(): Promise<void>;
}

/** Holds a number of WebSockets open, each of which comes back when it is told to, or was closed. */
export function startWebSockets({ url, webSockets }: LoadOptions): WebSocketLoop {
  const counts = { opened: 0, closed: 0, dropped: 0, refused: 0 };
  const open = new Set<WebSocket>();
  let stopping = false;

  const timer = setInterval(() => {
    for (const socket of open) if (socket.readyState === WebSocket.OPEN) socket.send("ping");
  }, messageMs);

  function connect(): void {
    if (stopping) return;
    const socket = new WebSocket(`${url.replace("http:", "ws:")}/ws`);
    let replaced = false;
    let opened = false;
    const comeBack = (afterSeconds: number) => {
      if (replaced) return;
      replaced = true;
      // Spread, so that the clients of one color do not all come back in the same instant.
      void sleep(1000 * afterSeconds + 200 * Math.random(), undefined, { ref: false }).then(() => {
        connect();
        socket.close(1000);
      });
    };
    socket.on("open", () => {
      opened = true;
      counts.opened++;
      open.add(socket);
    });
    socket.on("message", (data) => {
      const after = reconnectAfter(data.toString());
      if (after !== undefined) comeBack(after);
    });
    socket.on("error", () => {});
    socket.on("close", (code) => {
      open.delete(socket);
      if (!opened) counts.refused++;
      else if (code === withoutCloseFrame) counts.dropped++;
      else counts.closed++;
      comeBack(opened ? 0 : 0.5);
    });
  }
  for (let n = 0; n < webSockets; n++) connect();

  return {
    counts,
    stop: async () => {
      stopping = true;
      clearInterval(timer);
      const left = [...open];
      const closed = left.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
      for (const socket of left) socket.close(1000);
      await Promise.race([Promise.all(closed), sleep(3000)]);
    },
  };
}

/** Seconds after which the application wants its client back, or undefined for any other message. */
function reconnectAfter(text: string): number | undefined {
  if (!text.startsWith("{")) return undefined;
  const message = JSON.parse(text) as { type?: string; after?: number };
  return message.type === "reconnect" ? (message.after ?? 0) : undefined;
}
