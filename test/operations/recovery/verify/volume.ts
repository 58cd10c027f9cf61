import { randomBytes } from "node:crypto";
import { runOneShot } from "../../../../operations/live/one-shot.ts";
import { databaseImage, docker } from "../../database/rig.ts";

/** Flips one bit of a file in the data directory of a generation that stands still. */
export async function flipBit(stack: string, container: string, file: string, at: number): Promise<void> {
  const script = `
file=/var/lib/postgresql/data/pgdata/$1
old=$(od -An -tu1 -j "$2" -N 1 "$file" | tr -d ' ')
printf "\\\\$(printf %o $((old ^ 1)))" | dd of="$file" bs=1 seek="$2" conv=notrunc status=none
sync "$file"`;
  const { exitCode, stderr } = await runOneShot(docker, {
    name: `${stack}-flip-${randomBytes(3).toString("hex")}`,
    stack,
    role: "test",
    image: databaseImage,
    network: "none",
    argv: ["sh", "-euc", script, "flip", file, `${at}`],
    volumes: [{ name: container, path: "/var/lib/postgresql/data" }],
  });
  if (exitCode !== 0) throw new Error(`expected to flip a bit of ${file}, got: ${stderr}`);
}
