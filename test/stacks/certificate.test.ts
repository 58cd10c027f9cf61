import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readCertificate } from "../../stacks/certificate.ts";
import { makeCertificate } from "../helpers/certificates.ts";

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
afterAll(() => rmSync(folder, { recursive: true }));
const one = makeCertificate(folder, "one.example");
const other = makeCertificate(folder, "other.example");

function read(chain: string, key: string) {
  const errors: string[] = [];
  return { certificate: readCertificate("sets/p/tls.pem", chain, "tls", key, errors), errors };
}

it("is read with its names and its time", () => {
  const { certificate, errors } = read(one.certificate, one.key);
  expect(errors).toEqual([]);
  expect(certificate?.subject).toBe("DNS:one.example");
  expect(certificate!.validTo.getTime()).toBeGreaterThan(Date.now());
});

it("is read when it has expired: that alone is for the verdict to judge", () => {
  const old = makeCertificate(folder, "old.example", -1);
  expect(read(old.certificate, old.key)).toMatchObject({ errors: [], certificate: { subject: "DNS:old.example" } });
});

it("is refused without certificates, without a key, and with the key of another one", () => {
  expect(read("nonsense", one.key).errors).toEqual([
    "sets/p/tls.pem: expected PEM certificates, the server's own first, got none",
  ]);
  expect(read(one.certificate, "nonsense").errors[0]).toMatch(
    /^secrets\.tls: expected the private key of sets\/p\/tls\.pem/,
  );
  expect(read(one.certificate, other.key).errors[0]).toMatch(
    /^secrets\.tls: .* \(DNS:one\.example\), got the key of another certificate/,
  );
});

it("is refused when the chain is not in order", () => {
  expect(read(one.certificate + other.certificate, one.key).errors).toEqual([
    "sets/p/tls.pem: expected each certificate to be issued by the next one, got another order at number 1",
  ]);
});
