import { scryptSync } from "node:crypto";

/**
 * A hash of secrets that may stand in a label, which anyone on the Docker host can read: a slow one, so that a weak secret
 * is not guessed from it. "": there are none.
 */
export function fingerprint(stack: string, secrets: Readonly<Record<string, string>>): string {
  if (Object.keys(secrets).length === 0) return "";
  return scryptSync(JSON.stringify(secrets), stack, 16).toString("hex");
}
