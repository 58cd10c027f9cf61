import { createHash, createHmac, pbkdf2Sync } from "node:crypto";

const iterations = 4096;

/** The password of a role, derived from the stack's database secret: 32 characters that need no quoting in a URL. */
export const rolePassword = (secret: string, stack: string, role: string): string =>
  createHmac("sha256", secret).update(`password\0${stack}\0${role}`).digest("base64url").slice(0, 32);

/**
 * The verifier of a password as PostgreSQL stores it (RFC 5803). Its salt is derived, so that equal passwords have equal
 * verifiers and an operation can compare them.
 */
export function scramVerifier(secret: string, stack: string, role: string): string {
  const salt = createHmac("sha256", secret).update(`salt\0${stack}\0${role}`).digest().subarray(0, 16);
  const salted = pbkdf2Sync(rolePassword(secret, stack, role), salt, iterations, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const serverKey = createHmac("sha256", salted).update("Server Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest();
  return `SCRAM-SHA-256$${iterations}:${salt.toString("base64")}$${storedKey.toString("base64")}:${serverKey.toString("base64")}`;
}
