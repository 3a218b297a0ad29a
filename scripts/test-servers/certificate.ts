import { execFileSync } from "node:child_process";
import { chmodSync, chownSync } from "node:fs";
import { join } from "node:path";
import { folderOf, newFolder, unprivileged } from "./private-server.ts";

/** Files of a certificate that signs itself, which is its own authority. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Makes a certificate for a host, which no machine trusts by itself. @returns undefined without openssl */
export function newCertificate(host: string): Certificate | undefined {
  if (folderOf(["openssl"]) === undefined) return undefined;
  const folder = newFolder("certificate");
  const files = { certificate: join(folder, "certificate.pem"), key: join(folder, "key.pem") };
  execFileSync(
    "openssl",
    `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${host} -addext subjectAltName=DNS:${host}`
      .split(" ")
      .concat("-keyout", files.key, "-out", files.certificate),
    { stdio: "ignore" },
  );
  // PostgreSQL takes a key that nobody but its owner can read.
  chmodSync(files.key, 0o600);
  const owner = unprivileged();
  if (owner) for (const file of Object.values(files)) chownSync(file, owner.uid, owner.gid);
  return files;
}
