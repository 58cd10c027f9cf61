import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import { recordedImages } from "../stacks/release.ts";
import { docker } from "./recoveries.ts";

/** What a restore is made of, done by hand. */
export interface RawRestore {
  /** The backup that was copied. */
  readonly base: string;
  /** RFC 3339 */
  readonly targetTime: string;
}

export interface RawSeconds {
  readonly copySeconds: number;
  /** Start of PostgreSQL, replay up to the target, promotion. */
  readonly replaySeconds: number;
  readonly rawSeconds: number;
}

/**
 * Restores the first generation of a stack to a moment with pgBackRest and PostgreSQL alone, in a container and a volume of
 * their own, which are removed afterwards: what a recovery is measured against.
 */
export async function rawRestore(stack: string, { base, targetTime }: RawRestore): Promise<RawSeconds> {
  const name = `${stack}-raw-${randomBytes(3).toString("hex")}`;
  const labels = { "switchback.stack": stack, "switchback.role": "raw-restore" };
  await docker.createVolume({ Name: name, Labels: labels });
  const container = await docker.createContainer({
    name,
    Image: recordedImages()["switchback/database:1"]!,
    Entrypoint: ["bash", "-euc", script, "raw", base, targetTime.replace("T", " ").replace("Z", "+00")],
    Labels: labels,
    NetworkDisabled: true,
    HostConfig: {
      Mounts: [
        { Type: "volume", Source: name, Target: "/var/lib/postgresql/data" },
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
    await container.remove({ force: true, v: true });
    await docker.getVolume(name).remove();
  }
}

// Nothing is archived: the repository belongs to the generation that serves.
const script = `
began=$(date +%s.%N)
pgbackrest --stanza=initial --lock-path=/tmp/lock --set="$1" --type=time --target="$2" --target-action=promote --target-timeline=1 restore
copied=$(date +%s.%N)
postgres -D "$PGDATA" -c config_file=/usr/local/share/switchback/postgresql.conf -c archive_mode=off &
until [ "$(psql -XAtq -h /run/postgresql -U postgres -c 'select pg_is_in_recovery()' postgres 2>/dev/null)" = f ]; do sleep 0.05; done
replayed=$(date +%s.%N)
pg_ctl -s -D "$PGDATA" -m fast stop
awk -v began="$began" -v copied="$copied" -v replayed="$replayed" 'BEGIN { print "copied", copied - began, "replayed", replayed - copied }'`;
