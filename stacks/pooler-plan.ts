import type { FilesGoal } from "../operations/files/goal.ts";
import { databaseAddress, poolerAddresses } from "./addresses.ts";
import type { ColorName } from "./schema.ts";

/** Everything the pooler in front of a database is to be. */
export interface PoolerPlan {
  readonly container: string;
  readonly volume: string;
  /** Fixed addresses in the networks of the colors and of the platform. */
  readonly addresses: Readonly<Record<ColorName | "platform", string>>;
  /** Where its entries point before the first promotion. */
  readonly firstAddress: string;
  /** The passwords that it asks for and logs in with, in the running container: a secret. */
  readonly goal: FilesGoal;
}

/** The port on which the pooler listens in every network. */
export const poolerPort = 6432;

/** PgBouncer's auth_file. */
export const userlistFile = "/run/secrets/userlist.txt";

/** @param users role and password of each color */
export function planPooler(
  stack: string,
  subnet: string,
  users: readonly { readonly role: string; readonly password: string }[],
): PoolerPlan {
  const container = `${stack}-pooler`;
  const content = users.map(({ role, password }) => `"${role}" "${password}"\n`).join("");
  return {
    container,
    volume: container,
    addresses: poolerAddresses(subnet),
    firstAddress: databaseAddress(subnet, 0),
    goal: {
      stack,
      part: "pooler",
      container,
      marker: "/etc/switchback/files.json",
      files: [{ path: userlistFile, content, mode: 0o444, uid: 0 }],
      keep: [],
      reload: { command: ["sh", "-euc", takePasswords] },
      ready: null,
    },
  };
}

// PgBouncer asks a new connection for the new password. What was open with an old one is cut, and only that: the entries of a
// color whose password stayed keep every connection. The writer's `expire` opens again what is to be open.
const takePasswords = `
taken=/run/switchback/passwords
console() { PGCONNECT_TIMEOUT=2 psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -h /run/switchback -p 6432 -U pgbouncer pgbouncer -c "$1"; }
console 'RELOAD;' >/dev/null
for color in blue green; do
  now=$(grep "_$color\\" " ${userlistFile} | sha256sum)
  before=$(cat "$taken.$color" 2>/dev/null || true)
  [ "$now" != "$before" ] || continue
  if [ -n "$before" ]; then
    for entry in $(console 'SHOW DATABASES;' | cut -d ' ' -f 1 | grep -E "_$color(_session)?$"); do console "KILL $entry;" >/dev/null; done
    echo '{"op":"expire"}' | switchback-pooler-state >/dev/null
  fi
  printf '%s' "$now" >"$taken.$color"
done`;
