import { randomUUID } from "node:crypto";
import type { Duplex } from "node:stream";
import type Docker from "dockerode";
import type { ExecResult } from "./docker.ts";

/** A shell kept open in a container: a command costs a few milliseconds in it, where starting an exec costs some sixty. */
export interface Shell {
  /** Runs one command after the other; stdin is text that ends with a line break. */
  run(argv: readonly string[], stdin: string | undefined): Promise<ExecResult>;
  close(): void;
}

/** Opens a shell in a running container. @throws when the container does not run */
export async function openShell(docker: Docker, container: string): Promise<Shell> {
  const command = await docker
    .getContainer(container)
    .exec({ Cmd: ["sh"], AttachStdin: true, AttachStdout: true, AttachStderr: true });
  const stream = await command.start({ hijack: true, stdin: true });
  const output = new Output(stream, container);
  docker.modem.demuxStream(stream, output.sink("stdout"), output.sink("stderr"));
  let last: Promise<unknown> = Promise.resolve();
  const run = (argv: readonly string[], stdin: string | undefined) => {
    const turn = last.then(() => {
      const token = randomUUID();
      const result = output.until(token);
      stream.write(script(argv, stdin, token));
      return result;
    });
    last = turn.catch(() => {});
    return turn;
  };
  return { run, close: () => void stream.end() };
}

// The here-document is quoted, so that the shell takes the text as it is.
function script(argv: readonly string[], stdin: string | undefined, token: string): string {
  const words = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const input = stdin === undefined ? "</dev/null\n" : `<<'${token}'\n${stdin}${token}\n`;
  return `${words} ${input}printf '%s %d\\n' ${token} $?; printf '%s\\n' ${token} >&2\n`;
}

/** What the shell prints, cut at the tokens that follow each command. */
class Output {
  #texts = { stdout: "", stderr: "" };
  #waiting: { token: string; done: (result: ExecResult) => void; failed: (error: Error) => void } | undefined;
  #ended: Error | undefined;

  constructor(stream: Duplex, container: string) {
    const end = (error?: Error) => {
      this.#ended = error ?? new Error(`the shell in ${container} ended before its command did`);
      this.#waiting?.failed(this.#ended);
    };
    stream.once("end", () => end());
    stream.once("close", () => end());
    stream.once("error", end);
  }

  sink(name: "stdout" | "stderr"): NodeJS.WritableStream {
    const write = (chunk: Buffer) => {
      this.#texts[name] += chunk.toString("latin1");
      this.#settle();
      return true;
    };
    return { write } as unknown as NodeJS.WritableStream;
  }

  until(token: string): Promise<ExecResult> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((done, failed) => {
      this.#waiting = { token, done, failed };
    });
  }

  #settle(): void {
    if (!this.#waiting) return;
    const { token, done } = this.#waiting;
    const out = this.#texts.stdout.match(new RegExp(`^([^]*)${token} (\\d+)\\n$`));
    const err = this.#texts.stderr.match(new RegExp(`^([^]*)${token}\\n$`));
    if (!out || !err) return;
    this.#texts = { stdout: "", stderr: "" };
    this.#waiting = undefined;
    done({ exitCode: Number(out[2]), stdout: utf8(out[1]!), stderr: utf8(err[1]!) });
  }
}

// Chunks may end inside a character: bytes are kept as they are until the whole text is there.
const utf8 = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
