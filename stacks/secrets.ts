import { readFileSync } from "node:fs";
import { z } from "zod";

const pinnedFile = z.strictObject({
  file: z.string().min(1).describe("Path of the file, without its version; relative to the project."),
  version: z
    .number()
    .int()
    .min(1)
    .describe("Which version: the file `<file>.<version>` is read. Its content never changes."),
});

/** A secret as the config says it: the value itself, encrypted by Pulumi, or where a provider finds it. */
export const secret = z.union([z.string(), pinnedFile], {
  error: "expected a secret text, or {file: <path>, version: <number>}",
});

/** Where a pinned secret is. What a provider of another kind needs is one more shape here, and one more entry below. */
export type SecretReference = z.output<typeof pinnedFile>;

/** Reads the pinned version of a secret. @throws when there is none */
export type SecretProvider = (reference: SecretReference) => string;

/** The values of all secrets; pushes one sentence per secret that cannot be read. */
export function resolveSecrets(
  secrets: Readonly<Record<string, string | SecretReference>>,
  errors: string[],
  provide: SecretProvider = fromFile,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [name, value] of Object.entries(secrets)) {
    try {
      resolved[name] = typeof value === "string" ? value : provide(value);
    } catch (error) {
      errors.push(`secrets.${name}: ${(error as Error).message}`);
    }
  }
  return resolved;
}

const fromFile: SecretProvider = ({ file, version }) => {
  const path = `${file}.${version}`;
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `expected the secret's version ${version} in the file ${path}, got ${code === "ENOENT" ? "no such file" : code}; put it there, or pin a version that is`,
    );
  }
};
