import { createCipheriv, createDecipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";

/** Encrypts as Pulumi's passphrase provider does: `v1:<nonce>:<ciphertext and tag>`, base64. */
export interface Crypter {
  encrypt(plaintext: string): string;
  decrypt(ciphertext: string): string;
}

/** Pulumi's number of PBKDF2 rounds: about 0.25 s, so keys are kept for the life of the process. */
const rounds = 1_000_000;
const marker = "pulumi";
const keys = new Map<string, Buffer>();

/** PULUMI_CONFIG_PASSPHRASE, or the content of the file in PULUMI_CONFIG_PASSPHRASE_FILE. Set to empty is a passphrase; unset throws. */
export function passphrase(env: NodeJS.ProcessEnv): string {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return env.PULUMI_CONFIG_PASSPHRASE;
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file) return readFileSync(file, "utf8").trim();
  throw new Error(
    "a secret needs the stack's passphrase: expected PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE in the environment, got neither; set one (PULUMI_CONFIG_PASSPHRASE= for an empty passphrase)",
  );
}

/** The crypter of an `encryptionsalt`. Throws when the passphrase is not the one that the salt was made with. */
export function openSalt(salt: string, phrase: string): Crypter {
  const [version, encoded, ...check] = salt.split(":");
  if (version !== "v1" || encoded === undefined || check.length !== 3) {
    throw new Error(
      `encryptionsalt is ${JSON.stringify(salt)}: expected v1:<salt>:v1:<nonce>:<text>; restore it from git`,
    );
  }
  const crypter = crypterOf(deriveKey(phrase, encoded));
  try {
    if (crypter.decrypt(check.join(":")) === marker) return crypter;
  } catch {
    // A wrong key fails the authentication tag: the same answer as a wrong marker.
  }
  throw new Error(
    "incorrect passphrase: PULUMI_CONFIG_PASSPHRASE is not the one that this stack's secrets were made with",
  );
}

/** A new `encryptionsalt` for the passphrase, and its crypter. */
export function makeSalt(phrase: string): { salt: string; crypter: Crypter } {
  const encoded = randomBytes(8).toString("base64");
  const crypter = crypterOf(deriveKey(phrase, encoded));
  return { salt: `v1:${encoded}:${crypter.encrypt(marker)}`, crypter };
}

function deriveKey(phrase: string, salt: string): Buffer {
  const name = `${salt}\n${phrase}`;
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = pbkdf2Sync(phrase, Buffer.from(salt, "base64"), rounds, 32, "sha256");
  keys.set(name, key);
  return key;
}

function crypterOf(key: Buffer): Crypter {
  return {
    encrypt(plaintext) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      const text = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `v1:${nonce.toString("base64")}:${text.toString("base64")}`;
    },
    decrypt(ciphertext) {
      const [version, nonce, encoded] = ciphertext.split(":");
      if (version !== "v1" || nonce === undefined || encoded === undefined) {
        throw new Error("a secret is not in the form v1:<nonce>:<text>: only the passphrase provider is supported");
      }
      const text = Buffer.from(encoded, "base64");
      const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
      decipher.setAuthTag(text.subarray(-16));
      return Buffer.concat([decipher.update(text.subarray(0, -16)), decipher.final()]).toString("utf8");
    },
  };
}
