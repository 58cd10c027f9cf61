import { z } from "zod";

/** What several parts of the config's schema are made of. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, "expected a name of lower-case letters, digits and dashes, at most 31 long");
export const secretKey = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_-]{0,62}$/,
    "expected a name of letters, digits, dashes and underscores, at most 63 long",
  );
export const urlPath = z
  .string()
  .regex(/^\/[^\s?#"'{};$\\]*$/, 'expected a path that begins with "/", without quotes, spaces, "$", ";" or braces');
export const absoluteFile = z
  .string()
  .regex(/^\/[^\s:]+$/, 'expected an absolute path inside the container, without spaces or ":"');
export const seconds = (max: number) => z.number().int().min(0).max(max);
export const envName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable");
export const envValue = z.string({ error: "expected a string; quote the value in YAML" });
export const hostPort = z.number().int().min(1).max(65535);
export const hostAddress = z.union([z.ipv4(), z.ipv6()]);
/** An image that exists once per stack: what it is must not change under its name. */
export const pinnedImage = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._/:-]*(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/,
    "expected an image with its digest, such as registry.example.com/redis@sha256:…, or repository:tag of one built here",
  );
