import { StringDecoder } from "node:string_decoder";

/** Cuts a stream of bytes into lines; `end` gives out a last line without a newline. */
export function lineSink(show: (line: string) => void): { write(data: Buffer): void; end(): void } {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return {
    write(data) {
      const lines = (rest + decoder.write(data)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) show(line.replace(/\r$/, ""));
    },
    end() {
      const last = rest + decoder.end();
      rest = "";
      if (last !== "") show(last);
    },
  };
}
