import type Docker from "dockerode";

interface Event {
  readonly stream?: string;
  readonly error?: string;
}

/**
 * Follows what the engine says about a pull, an import or a build to its end.
 * @param onLine gets each line that a build prints
 * @throws with the engine's own sentence when it failed, also when it said so in the middle of its answer
 */
export function followed(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void = () => {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: string | undefined;
    const onEnd = (error: Error | null) => {
      if (error || failure) reject(error ?? new Error(failure));
      else resolve();
    };
    docker.modem.followProgress(stream, onEnd, ({ stream: text, error }: Event) => {
      failure ??= error;
      for (const line of (text ?? "").split("\n").filter(Boolean)) onLine(line);
    });
  });
}
