import { ConfigError } from "@recallkit/core";

/** What the query of a URL asks of the connection. */
export interface UrlOptions {
  /** TLS, and whether the server's certificate is looked at; without it the connection is in the clear. */
  readonly ssl?: { readonly rejectUnauthorized: boolean };
}

const VERIFIED = { ssl: { rejectUnauthorized: true } };
const ENCRYPTED = { ssl: { rejectUnauthorized: false } };
const MODES: Readonly<Record<string, UrlOptions>> = {
  true: VERIFIED,
  false: {},
  disable: {},
  disabled: {},
  require: ENCRYPTED,
  required: ENCRYPTED,
  "verify-full": VERIFIED,
  verify_identity: VERIFIED,
};

/**
 * Reads `ssl=true|false`, `ssl-mode=DISABLED|REQUIRED|VERIFY_IDENTITY`, `sslmode=disable|require|verify-full` and
 * `charset=utf8mb4` of a URL. REQUIRED encrypts; only VERIFY_IDENTITY and `ssl=true` look at the certificate.
 *
 * @throws {ConfigError} `config.invalid` names any other parameter or value: it might have asked for TLS
 */
export function urlOptions({ searchParams }: URL): UrlOptions {
  let options: UrlOptions = {};
  for (const [name, value] of searchParams) {
    if (name === "charset" && /^utf8mb4(_\w+)?$/i.test(value)) continue;
    const isTls = name === "ssl" || name === "ssl-mode" || name === "sslmode";
    const asked = isTls && Object.hasOwn(MODES, value.toLowerCase()) ? MODES[value.toLowerCase()] : undefined;
    if (!asked) throw new ConfigError("config.invalid", "url", `url has a parameter ${name} that is not understood`);
    options = { ...options, ...asked };
  }
  return options;
}
