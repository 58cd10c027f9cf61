import { createHash } from "node:crypto";
import type { DatabaseGoal } from "./goal.ts";

/** By role: SHA-256, in hex, of the verifier that the server has of it. */
export type PasswordHashes = Readonly<Record<string, string>>;

/**
 * Whether the server's passwords are those of the goal: one that somebody changed by hand keeps a color out.
 * @param found null: no role has one; undefined: an image of an earlier version does not tell
 */
export const passwordsHold = (found: PasswordHashes | null | undefined, roles: DatabaseGoal["roles"]): boolean =>
  found === undefined ||
  Object.values(roles).every(
    ({ name, verifier }) => found?.[name] === (verifier === undefined ? undefined : passwordHash(verifier)),
  );

/** What {@link PasswordHashes} has of a verifier. */
export const passwordHash = (verifier: string): string => createHash("sha256").update(verifier).digest("hex");
