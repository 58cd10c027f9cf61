import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** What the router serves HTTPS with. */
export interface Certificate {
  /** The chain as PEM, the server's own certificate first. */
  readonly chain: string;
  /** Private key as PEM: a secret. */
  readonly key: string;
  readonly subject: string;
  readonly validFrom: Date;
  readonly validTo: Date;
}

/**
 * Reads a certificate and its key, or pushes what is wrong with them. Whether it has expired is not asked here: an
 * expired one that serves already must not stop a way back.
 * @param file path of the certificate; @param secret name of the key in `secrets`
 */
export function readCertificate(
  file: string,
  chain: string,
  secret: string,
  key: string,
  errors: string[],
): Certificate | undefined {
  const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const parsed = blocks.map(parseCertificate);
  const [own] = parsed;
  if (!own || parsed.includes(undefined)) {
    errors.push(
      `${file}: expected PEM certificates, the server's own first, got ${blocks.length === 0 ? "none" : "one that cannot be read"}`,
    );
    return undefined;
  }
  const privateKey = parseKey(key);
  if (!privateKey) {
    errors.push(
      `secrets.${secret}: expected the private key of ${file} as PEM without a passphrase, got something else; run \`pulumi config set --secret --path secrets.${secret} < key.pem\``,
    );
    return undefined;
  }
  if (!own.checkPrivateKey(privateKey)) {
    errors.push(
      `secrets.${secret}: expected the private key of ${file} (${subjectOf(own)}), got the key of another certificate; name the right secret in set.yaml, as \`tls.key\``,
    );
    return undefined;
  }
  const broken = parsed.findIndex((one, at) => at > 0 && !parsed[at - 1]!.checkIssued(one!));
  if (broken > 0)
    errors.push(
      `${file}: expected each certificate to be issued by the next one, got another order at number ${broken}`,
    );
  return { chain, key, subject: subjectOf(own), validFrom: new Date(own.validFrom), validTo: new Date(own.validTo) };
}

const subjectOf = (certificate: X509Certificate) =>
  certificate.subjectAltName ?? certificate.subject.replaceAll("\n", ", ");

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
