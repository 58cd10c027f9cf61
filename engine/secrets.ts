import { type Crypter, makeSalt, openSalt, passphrase } from "./crypto.ts";
import type { Settings } from "./settings.ts";

/** A stack's secrets: the key is derived when the first secret is met, and the salt made when there is none yet. */
export class Secrets {
  private readonly settings: Settings;
  private readonly env: NodeJS.ProcessEnv;
  private opened?: { salt: string; crypter: Crypter };

  constructor(settings: Settings, env: NodeJS.ProcessEnv) {
    this.settings = settings;
    this.env = env;
  }

  /** The salt in use, or undefined when the stack has no secrets yet. */
  get salt(): string | undefined {
    return this.opened?.salt ?? this.settings.salt;
  }

  readonly crypter = (): Crypter => {
    this.opened ??= this.open();
    return this.opened.crypter;
  };

  /** The crypter for a state that was made with another salt than the stack's file has. */
  forSalt(salt: string | undefined): () => Crypter {
    if (salt === undefined || salt === this.salt) return this.crypter;
    let other: Crypter | undefined;
    return () => {
      other ??= openSalt(salt, passphrase(this.env));
      return other;
    };
  }

  private open(): { salt: string; crypter: Crypter } {
    const { salt } = this.settings;
    if (salt !== undefined) return { salt, crypter: openSalt(salt, passphrase(this.env)) };
    const made = makeSalt(passphrase(this.env));
    this.settings.salt = made.salt;
    return made;
  }
}
