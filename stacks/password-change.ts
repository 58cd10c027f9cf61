import { passwordHash } from "../operations/database/passwords.ts";
import { scramVerifier } from "./passwords.ts";
import type { StackPlan } from "./plan.ts";
import type { Live } from "./probe.ts";
import { type ColorName, otherColor } from "./schema.ts";

/**
 * Why a color that serves would change, and what to do, where its password is what changes: the other color gets the new one
 * first. Undefined: its password stays, or the database does not tell.
 */
export function passwordChange(plan: StackPlan, live: Live, color: ColorName): string | undefined {
  const { database, config, stack } = plan;
  const probed = live.database?.database;
  if (!database || !probed || "unknown" in probed || !probed.value.reachable) return undefined;
  const { name, verifier } = database.roles[color];
  const found = probed.value.passwords?.[name];
  if (found === undefined || found === passwordHash(verifier ?? "")) return undefined;
  const old = Object.keys(config.secrets).find(
    (key) => passwordHash(scramVerifier(config.secrets[key]!, stack, name)) === found,
  );
  const keep = old
    ? ""
    : "put the old secret back under a name of its own, pulumi config set --secret --path secrets.<old>, then: ";
  return (
    `expected no change of ${color}, which serves, got another password of ${name}; it keeps the old one until the other color serves: ` +
    `${keep}pulumi config set --path colors.${color}.databaseSecret ${old ?? "<old>"} && pulumi config set activeColor ${otherColor(color)}; ` +
    "docs/runbooks/rotate-password.md"
  );
}
