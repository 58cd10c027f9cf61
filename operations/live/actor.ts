import { hostname, userInfo } from "node:os";

/** Who acts: SWITCHBACK_ACTOR, else the user of this process and the host's name. */
export const actor = (): string => process.env.SWITCHBACK_ACTOR || `${user()}@${hostname()}`;

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? "unknown"}`;
  }
}
