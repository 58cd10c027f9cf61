import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { removeOneShot } from "../operations/live/one-shot.ts";
import { recordedImages } from "../stacks/image-record.ts";
import { docker, type Recovery } from "./recoveries.ts";

/** What a restore is made of, done by hand. */
export interface RawRestore extends Pick<Recovery, "way" | "base"> {
  /** RFC 3339 */
  readonly targetTime: string;
  /** Makes the volume; unset: Docker does, where it puts any. */
  readonly makeVolume?: ((name: string) => Promise<void>) | undefined;
}

export interface RawSeconds {
  readonly copySeconds: number;
  /** Start of PostgreSQL, replay up to the target, promotion. */
  readonly replaySeconds: number;
  readonly rawSeconds: number;
}

/**
 * Restores the first generation of a stack to a moment with pgBackRest or cp, and PostgreSQL alone, in a container and a
 * volume of their own, which are removed afterwards: what a recovery is measured against.
 */
export async function rawRestore(
  stack: string,
  { way, base, targetTime, makeVolume }: RawRestore,
): Promise<RawSeconds> {
  const name = `${stack}-raw-${randomBytes(3).toString("hex")}`;
  const labels = { "switchback.stack": stack, "switchback.role": "raw-restore" };
  await (makeVolume?.(name) ?? docker.createVolume({ Name: name, Labels: labels }));
  const container = await docker.createContainer({
    name,
    Image: recordedImages()["switchback/database:1"]!,
    Entrypoint: [
      ...["bash", "-euc", `${way === "clone" ? clone : restore}\n${script}`],
      ...["raw", base, targetTime.replace("T", " ").replace("Z", "+00")],
    ],
    Labels: labels,
    NetworkDisabled: true,
    HostConfig: {
      Mounts: [
        { Type: "volume", Source: name, Target: "/var/lib/postgresql/data" },
        { Type: "volume", Source: `${stack}-database-initial`, Target: "/source", ReadOnly: true },
        { Type: "volume", Source: `${stack}-backups`, Target: "/var/lib/pgbackrest", ReadOnly: true },
      ],
      ShmSize: 256 * 1024 * 1024,
      Init: true,
    } as Docker.HostConfig,
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    const output = (await container.logs({ stdout: true, stderr: true })).toString();
    const [, copy, replay] = /copied (\S+) replayed (\S+)/.exec(output) ?? [];
    if (StatusCode !== 0 || !copy || !replay) throw new Error(`expected a raw restore to end well, got:\n${output}`);
    const [copySeconds, replaySeconds] = [Number(copy), Number(replay)];
    return { copySeconds, replaySeconds, rawSeconds: copySeconds + replaySeconds };
  } finally {
    await removeOneShot(docker, name);
    await docker.getVolume(name).remove();
  }
}

const restore = `copy() { pgbackrest --stanza=initial --lock-path=/tmp/lock --set="$1" --type=preserve restore; }`;
const clone = `copy() { cp -a --reflink=always "/source/bases/$1/pgdata" "$PGDATA"; }`;

// Nothing is archived: the repository belongs to the generation that serves.
const script = `
began=$(date +%s.%N)
copy "$1"
copied=$(date +%s.%N)
touch "$PGDATA/recovery.signal"
mkdir -p "$PGDATA/../socket"
postgres -D "$PGDATA" -c config_file=/usr/local/share/switchback/postgresql.conf -c archive_mode=off \\
  -c restore_command='pgbackrest --stanza=initial archive-get %f "%p"' \\
  -c recovery_target_time="$2" -c recovery_target_inclusive=off -c recovery_target_timeline=1 -c recovery_target_action=promote &
until [ "$(psql -XAtq -h /run/postgresql -U postgres -c 'select pg_is_in_recovery()' postgres 2>/dev/null)" = f ]; do kill -0 $!; sleep 0.05; done
replayed=$(date +%s.%N)
pg_ctl -s -D "$PGDATA" -m fast stop
awk -v began="$began" -v copied="$copied" -v replayed="$replayed" 'BEGIN { print "copied", copied - began, "replayed", replayed - copied }'`;
