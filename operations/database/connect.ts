import { Duplex } from "node:stream";
import type Docker from "dockerode";
import pg from "pg";

export interface ConnectTo {
  readonly container: string;
  readonly database: string;
  /** Any role: inside the container the operating system's user may be each of them. */
  readonly user: string;
}

const connectMilliseconds = 10_000;

/**
 * A connection to PostgreSQL on the unix socket inside its container, through the Docker API alone. The caller ends it.
 * When this process dies, PostgreSQL ends the session and its open transaction within about a second.
 * @throws when the container does not run, or PostgreSQL does not answer
 */
export const connectDatabase = (docker: Docker, at: ConnectTo): Promise<pg.Client> =>
  open(docker, at, "UNIX-CONNECT:/run/postgresql/.s.PGSQL.5432");

/**
 * A connection as the application has it: by the URL of its entry in the pooler, from a container of the database. The
 * password stays in this process.
 * @throws when the pooler or the server behind it does not answer, or refuses
 */
export function connectThroughPooler(docker: Docker, container: string, url: string): Promise<pg.Client> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const [user, secret] = [username, password].map(decodeURIComponent) as [string, string];
  return open(docker, { container, database: pathname.slice(1), user, password: secret }, `TCP:${hostname}:${port}`);
}

/** @param address as socat takes it */
async function open(docker: Docker, at: ConnectTo & { password?: string }, address: string): Promise<pg.Client> {
  const stream = new ExecStream(docker, at.container, address);
  const client = new pg.Client({
    user: at.user,
    database: at.database,
    ...(at.password !== undefined && { password: at.password }),
    stream: () => stream as unknown as ReturnType<NonNullable<pg.ClientConfig["stream"]>>,
    connectionTimeoutMillis: connectMilliseconds,
    application_name: "switchback",
  });
  // A connection that is lost fails the next query; without a listener it would end the process.
  client.on("error", () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    stream.destroy();
    const reason = stream.reason || (error as Error).message;
    throw new Error(
      `expected to reach database ${at.database} in ${at.container}, got: ${reason}; see \`docker logs ${at.container}\``,
    );
  }
}

/** What pg takes for a socket: the standard streams of a socat in the container. */
class ExecStream extends Duplex {
  /** What went wrong, when that is known. */
  reason = "";
  readonly #docker: Docker;
  readonly #container: string;
  readonly #address: string;
  #raw: Duplex | undefined;

  constructor(docker: Docker, container: string, address: string) {
    super({ allowHalfOpen: false });
    this.#docker = docker;
    this.#container = container;
    this.#address = address;
  }

  connect(): this {
    this.#start().then(
      () => this.emit("connect"),
      (error: Error & { statusCode?: number }) => {
        if (error.statusCode === 404) this.reason = "no such container";
        else if (error.statusCode === 409) this.reason = "the container does not run";
        this.destroy(error);
      },
    );
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  async #start(): Promise<void> {
    const command = await this.#docker.getContainer(this.#container).exec({
      Cmd: ["socat", "-t", "5", "-", this.#address],
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    });
    const raw = await command.start({ hijack: true, stdin: true });
    if (this.destroyed) return void raw.destroy();
    this.#raw = raw;
    const sink = (write: (chunk: Buffer) => unknown) => ({ write }) as unknown as NodeJS.WritableStream;
    this.#docker.modem.demuxStream(
      raw,
      sink((chunk) => {
        // Who copies more than is taken from it waits.
        if (!this.push(chunk)) raw.pause();
      }),
      sink((chunk) => {
        this.reason = chunk.toString().trim();
      }),
    );
    const end = () => {
      if (!this.destroyed) this.push(null);
    };
    raw.once("end", end);
    raw.once("close", end);
    raw.once("error", (error) => this.destroy(error));
  }

  override _read(): void {
    this.#raw?.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#raw) this.#raw.write(chunk, done);
    else done(new Error("expected an open connection, got none"));
  }

  override _final(done: () => void): void {
    if (this.#raw) this.#raw.end(done);
    else done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw?.destroy();
    done(error);
  }
}
