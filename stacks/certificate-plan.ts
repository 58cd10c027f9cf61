import { createHash } from "node:crypto";
import type { FilesGoal, GoalFile } from "../operations/files/goal.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import type { StackConfig } from "./schema.ts";
import type { PlatformSet } from "./sets.ts";

/** The router's certificate, and how it gets there. */
export interface CertificatePlan extends Certificate {
  /** Paths in the router's container, named after their content. */
  readonly paths: { readonly chain: string; readonly key: string };
  /** A secret. */
  readonly goal: FilesGoal;
}

/** The uid of the router's own user. */
const routerUid = 10001;

/** Plans the router's certificate, or pushes to `errors`; undefined: the platform set has none. */
export function planCertificate(
  stack: string,
  { secrets, router }: StackConfig,
  { tls }: PlatformSet,
  errors: string[],
): CertificatePlan | undefined {
  if (!tls) {
    const asking = Object.entries(router.listeners).filter(([, listener]) => listener.tls);
    for (const [name] of asking)
      errors.push(
        `router.listeners.${name}.tls: expected a platform set with \`tls\`, got one without; add it to its set.yaml, or set \`tls: false\``,
      );
    return undefined;
  }
  const key = secrets[tls.key];
  if (key === undefined) {
    errors.push(
      `${tls.file}: expected its private key in secrets.${tls.key}, got none; run \`pulumi config set --secret --path secrets.${tls.key} < key.pem\``,
    );
    return undefined;
  }
  const certificate = readCertificate(tls.file, tls.chain, tls.key, key, errors);
  if (!certificate) return undefined;
  const folder = "/var/lib/switchback/tls";
  const id = createHash("sha256")
    .update(JSON.stringify([tls.chain, key]))
    .digest("hex")
    .slice(0, 16);
  const paths = { chain: `${folder}/${id}.crt`, key: `${folder}/${id}.key` };
  const owned = (path: string, content: string): GoalFile => ({ path, content, mode: 0o400, uid: routerUid });
  return {
    ...certificate,
    paths,
    goal: {
      stack,
      part: "certificate",
      container: `${stack}-router`,
      marker: `${folder}/files.json`,
      files: [owned(paths.chain, tls.chain), owned(paths.key, key)],
      keep: [],
      reload: null,
      ready: null,
    },
  };
}
