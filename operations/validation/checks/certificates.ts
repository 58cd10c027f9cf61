import { X509Certificate } from "node:crypto";
import { exec } from "../../live/docker.ts";
import { type Check, fail, judged, unknown } from "../check.ts";
import { asker, type Context, noAsker } from "../context.ts";

const seconds = 1.5;

/** The certificate that each listener answers with. */
export async function checkCertificates(context: Context): Promise<Check[]> {
  const { docker, expectation } = context;
  const router = asker(context);
  return Promise.all(
    expectation.tlsPorts.map(async (port) => {
      const name = `certificate of port ${port}`;
      if (router === undefined) return unknown(name, noAsker);
      const url = `https://127.0.0.1:${port}/`;
      const { stdout, exitCode, stderr } = await exec(docker, router, [
        "curl",
        "-skS",
        "--max-time",
        `${seconds}`,
        "-o",
        "/dev/null",
        "-w",
        "%{certs}",
        url,
      ]);
      const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(stdout)?.[0];
      if (!pem)
        return fail(
          name,
          stderr.trim() || `exit ${exitCode}`,
          "one",
          `\`docker logs ${router}\` says why; \`switchback up\` installs it`,
        );
      return judgeCertificate(name, new X509Certificate(pem), expectation.thresholds.certificateDays, new Date());
    }),
  );
}

export function judgeCertificate(
  name: string,
  { validFrom, validTo, subjectAltName, subject }: X509Certificate,
  days: number,
  now: Date,
): Check {
  const left = (Date.parse(validTo) - now.getTime()) / 86_400_000;
  const begun = Date.parse(validFrom) <= now.getTime();
  const who = subjectAltName ?? subject;
  const until = `until ${new Date(validTo).toISOString()}`;
  const value = !begun
    ? `${who}: valid from ${new Date(validFrom).toISOString()}`
    : left < 0
      ? `${who}: expired, valid ${until}`
      : `${who}: ${left.toFixed(0)} days left, ${until}`;
  const remedy =
    "put the new certificate into a platform set, its key into `secrets`, then `switchback up`: docs/platform.md";
  return judged(begun && left >= days, name, value, `valid for ${days} days yet`, remedy);
}
