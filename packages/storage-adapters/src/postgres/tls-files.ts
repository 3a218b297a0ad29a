import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { ConfigError } from "@recallkit/core";

/** Parameters of a URL that name files, and what stands in them. */
const FILES = [
  ["sslrootcert", "ca"],
  ["sslcert", "cert"],
  ["sslkey", "key"],
] as const satisfies readonly (readonly [string, keyof SecureContextOptions])[];

/** One of the certificates of a file. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * Reads the files of certificates and keys that a URL names, so that a broken one is told by its name and not by a
 * connection that fails.
 *
 * @throws {ConfigError} `config.invalid` for `url`; the text names the parameter
 */
export async function checkTlsFiles(url: string): Promise<void> {
  const { searchParams } = new URL(url);
  const given: SecureContextOptions = {};
  for (const [parameter, option] of FILES) {
    const path = searchParams.get(parameter);
    // The system's own authorities.
    if (!path || path === "system") continue;
    const text = await readFile(path, "utf8").catch((cause: unknown) => {
      throw broken(parameter, `cannot be read (${codeOf(cause)})`, cause);
    });
    if (!text.includes("-----BEGIN ")) throw broken(parameter, "holds nothing in PEM form");
    given[option] = text;
    try {
      if (option !== "key")
        for (const certificate of text.match(CERTIFICATE) ?? [text]) new X509Certificate(certificate);
      // A key is looked at together with its certificate.
      createSecureContext(given);
    } catch (cause) {
      throw broken(parameter, "cannot be used: it is damaged, or key and certificate do not belong together", cause);
    }
  }
}

function broken(parameter: string, what: string, cause?: unknown): ConfigError {
  return new ConfigError("config.invalid", "url", `the file of ${parameter} in the database's URL ${what}`, {
    hint: "put the file in PEM form there, readable for the user of the process",
    ...(cause !== undefined && { cause }),
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
