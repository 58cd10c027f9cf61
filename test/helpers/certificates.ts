import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** A self-signed certificate for `name`, made by openssl in `folder`; a negative number of days makes one that has expired. */
export function makeCertificate(folder: string, name: string, days = 30): TestCertificate {
  const file = (extension: string) => join(folder, `${name}.${extension}`);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const time = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, "");
  writeFileSync(file("index"), "");
  writeFileSync(file("conf"), configuration(file("index"), folder, name));
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-new", ...curve, "-keyout", file("key"), "-out", file("csr"), "-subj", `/CN=${name}`);
  const times = ["-startdate", time(-60), "-enddate", time(days)];
  const files = ["-config", file("conf"), "-keyfile", file("key"), "-in", file("csr"), "-out", file("crt")];
  openssl("ca", "-selfsign", "-batch", "-notext", "-rand_serial", ...files, ...times);
  return { certificate: readFileSync(file("crt"), "utf8"), key: readFileSync(file("key"), "utf8") };
}

const configuration = (index: string, folder: string, name: string) => `[ca]
default_ca = own
[own]
database = ${index}
serial = ${index}.serial
new_certs_dir = ${folder}
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:${name}
`;
