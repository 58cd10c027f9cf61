import type Docker from "dockerode";
import { writeFilesIn } from "../files/container-files.ts";
import { execOk } from "../live/docker.ts";
import type { Pointer } from "../router/goal.ts";

/** What an older release must not find in the cache, and where that is. */
export interface CacheFlush {
  readonly container: string;
  readonly what: "all" | { readonly prefix: string };
}

/** A cache that finds this file when it starts begins empty. */
export const emptyOrder = "/data/start-empty";

/**
 * Whether moving the pointer is a level 2 change back to an older release: the target color got another release than it had,
 * and that is older than the one being left. Tags whose order nobody can tell count as older.
 */
export function goesBack(from: Pointer, to: Pointer): boolean {
  const { color } = to;
  const [leaving, target] = [from.releases[from.color], to.releases[color]];
  if (from.color === color || leaving === null || target === null) return false;
  return from.releases[color] !== target && isOlder(target, leaving);
}

function isOlder(tag: string, than: string): boolean {
  const [a, b] = [numbers(tag), numbers(than)];
  if (!a || !b) return tag !== than;
  const at = a.findIndex((number, index) => number !== (b[index] ?? 0));
  return at < 0 ? a.length < b.length : a[at]! < (b[at] ?? 0);
}

/** The numbers of a version such as v1.4.0; undefined: it is none. */
const numbers = (tag: string): number[] | undefined =>
  /^v?\d+(\.\d+)*([-+].*)?$/.test(tag)
    ? tag
        .replace(/^v|[-+].*$/g, "")
        .split(".")
        .map(Number)
    : undefined;

/**
 * Removes what an older release must not find. A cache that does not run begins empty when it starts.
 * @throws when it runs and does not answer
 */
export async function flushCache(
  docker: Docker,
  { container, what }: CacheFlush,
  log: (line: string) => void,
): Promise<void> {
  const argv = what === "all" ? [...shell, "all"] : [...shell, "prefix", `${escaped(what.prefix)}*`];
  try {
    const removed = (await execOk(docker, container, argv)).trim();
    log(
      what === "all"
        ? `cache: emptied (${removed} keys)`
        : `cache: removed ${removed} keys that begin with ${what.prefix}`,
    );
  } catch (error) {
    const { statusCode } = error as { statusCode?: number };
    if (statusCode === 404) return log("cache: there is none to flush");
    if (statusCode !== 409) throw error;
    await writeFilesIn(docker, container, [{ path: emptyOrder, content: "", mode: 0o666, uid: 0 }]);
    log("cache: it does not run; it will be empty when it starts");
  }
}

/** Glob characters stand for themselves in a prefix. */
const escaped = (prefix: string) => prefix.replace(/[\\*?[\]^-]/g, "\\$&");

// In steps, so that Redis answers others in between.
const script = `
export REDISCLI_AUTH="$(cat /run/secrets/cache-password)"
ask() { redis-cli -s /tmp/redis.sock -e "$@"; }
if [ "$1" = all ]; then ask dbsize; ask flushall async >/dev/null; exit; fi
cursor=0; removed=0
while :; do
  step=$(ask eval "local r = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', 5000)
    for _, key in ipairs(r[2]) do redis.call('UNLINK', key) end
    return r[1] .. ' ' .. #r[2]" 0 "$cursor" "$2")
  cursor=\${step% *}; removed=$((removed + \${step#* }))
  if [ "$cursor" = 0 ]; then break; fi
done
echo "$removed"`;
const shell = ["sh", "-euc", script, "flush"];
