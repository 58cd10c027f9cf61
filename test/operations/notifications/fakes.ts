import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttp, type RequestListener } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer as createNet, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { makeCertificate, type TestCertificate } from "../../helpers/certificates.ts";

export const faults = ["429", "500", "timeout", "refused", "bad TLS", "slow"] as const;
export type Fault = (typeof faults)[number];

/** A server that a sink sends to, and that fails in one way until it is healed. */
export interface Fake {
  readonly port: number;
  /** Whether it speaks TLS now. */
  readonly tls: boolean;
  /** What it has taken, one text each. */
  readonly received: readonly string[];
  /** How often it was asked. */
  readonly attempts: number;
  readonly headers: readonly Readonly<Record<string, unknown>>[];
  heal(): Promise<void>;
  close(): Promise<void>;
}

const retryAfterSeconds = 7;
const slowMs = 150;
let certificate: TestCertificate | undefined;

function selfSigned(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), "switchback-tls-"));
  certificate ??= makeCertificate(folder, "localhost");
  rmSync(folder, { recursive: true });
  return { cert: certificate.certificate, key: certificate.key };
}

export async function fakeHttp(fault?: Fault): Promise<Fake> {
  const received: string[] = [];
  const headers: Record<string, unknown>[] = [];
  let [attempts, acting] = [0, fault];
  const answer: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      attempts += 1;
      if (acting === "timeout") return;
      if (acting === "429") return void response.writeHead(429, { "retry-after": `${retryAfterSeconds}` }).end();
      if (acting === "500") return void response.writeHead(500).end("out of order");
      received.push(Buffer.concat(chunks).toString());
      headers.push(request.headers);
      setTimeout(() => response.writeHead(202).end("{}"), acting === "slow" ? slowMs : 0);
    });
  };
  const make = () => (acting === "bad TLS" ? createHttps(selfSigned(), answer) : createHttp(answer));
  let server: Server = make();
  let port = await listen(server, 0);
  if (fault === "refused") await close(server);
  return {
    get port() {
      return port;
    },
    get tls() {
      return acting === "bad TLS";
    },
    get attempts() {
      return attempts;
    },
    received,
    headers,
    async heal() {
      const anew = acting === "refused" || acting === "bad TLS";
      if (acting === "bad TLS") await close(server);
      acting = undefined;
      if (!anew) return;
      server = make();
      port = await listen(server, port);
    },
    close: () => close(server),
  };
}

export async function fakeSmtp(fault?: Fault): Promise<Fake> {
  const received: string[] = [];
  let [attempts, acting] = [0, fault];
  const failure = (responseCode: number) => Object.assign(new Error("not now"), { responseCode });
  const make = () =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      logger: false,
      ...(acting === "bad TLS" && { secure: true, ...selfSigned() }),
      onConnect(_session, callback) {
        attempts += 1;
        if (acting !== "timeout") setTimeout(callback, acting === "slow" ? slowMs : 0);
      },
      onMailFrom: (_address, _session, callback) => callback(acting === "429" ? failure(450) : null),
      onData(stream, _session, callback) {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => {
          if (acting === "500") return callback(failure(451));
          received.push(Buffer.concat(chunks).toString());
          callback(null);
        });
      },
    });
  let server = make();
  server.on("error", () => {});
  let port = await listen(server.server, 0);
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()));
  if (fault === "refused") await stop();
  return {
    get port() {
      return port;
    },
    get tls() {
      return acting === "bad TLS";
    },
    get attempts() {
      return attempts;
    },
    received,
    headers: [],
    async heal() {
      const anew = acting === "refused" || acting === "bad TLS";
      if (acting === "bad TLS") await stop();
      acting = undefined;
      if (!anew) return;
      server = make();
      port = await listen(server.server, port);
    },
    close: stop,
  };
}

/** A server that takes connections and never says a word. */
export async function blackHole(): Promise<{ port: number; close(): Promise<void> }> {
  const server = createNet(() => {});
  return { port: await listen(server, 0), close: () => close(server) };
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function close(server: Server): Promise<void> {
  (server as { closeAllConnections?: () => void }).closeAllConnections?.();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
