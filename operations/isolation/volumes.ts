import type Docker from "dockerode";
import { keeperImage } from "../live/keeper.ts";
import { runOneShot } from "../live/one-shot.ts";
import type { Evidence } from "./evidence.ts";

const basePoints = "bases/base-????????T??????Z-*";

/** KiB that stay free on the disk: a full one would stop what is to be looked at. */
const spareKib = 1024 * 1024;

/**
 * Copies volumes into one of evidence, each as an archive with owners and modes, as it is now. One that has no room there
 * is left, and named.
 * @throws when a copy fails
 */
export async function copyVolumes(
  docker: Docker,
  stack: string,
  evidence: string,
  volumes: readonly string[],
): Promise<Pick<Evidence, "copied" | "left">> {
  if (volumes.length === 0) return { copied: [], left: [] };
  const { exitCode, stdout, stderr } = await runOneShot(docker, {
    name: `${stack}-evidence-copy`,
    stack,
    role: "evidence",
    image: keeperImage,
    network: "none",
    argv: ["sh", "-euc", script, "copy", `${spareKib}`, ...volumes],
    user: "0",
    // The files belong to whoever wrote them.
    capabilities: ["DAC_READ_SEARCH"],
    volumes: [
      { name: evidence, path: "/evidence" },
      ...volumes.map((name) => ({ name, path: `/volumes/${name}`, readOnly: true })),
    ],
  });
  if (exitCode !== 0)
    throw new Error(
      `expected to copy ${volumes.join(", ")} into ${evidence}, got: ${stderr.trim() || `exit ${exitCode}`}`,
    );
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ") as [string, string, string]);
  const sized = (word: string) =>
    lines.filter(([done]) => done === word).map(([, name, kib]) => ({ name, kib: Number(kib) }));
  const why = "there is no room for it; copy it to another disk";
  return { copied: sized("copied"), left: sized("left").map((volume) => ({ ...volume, why })) };
}

// tar ends with 1 when a file changed while it was read: what it had read is in the archive. Base points share their blocks
// with the data beside them; as files of an archive each would be as large as the data.
const script = `
spare=$1; shift
cd /evidence; mkdir -p volumes
for name in "$@"; do
  need=$(du -sk --exclude="/volumes/$name/${basePoints}" "/volumes/$name" | cut -f1)
  free=$(df -k --output=avail . | tail -n 1)
  if [ $((need + spare)) -gt "$free" ]; then echo "left $name $need"; continue; fi
  tar --numeric-owner --xattrs --exclude='./${basePoints}' -C "/volumes/$name" -cf "volumes/$name.tar" . || [ $? = 1 ]
  echo "copied $name $need"
done`;
