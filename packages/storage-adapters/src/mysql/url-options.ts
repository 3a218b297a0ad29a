import { readFileSync } from "node:fs";
import { ConfigError } from "@recallkit/core";

/** What the query of a URL asks of the connection. */
export interface UrlOptions {
  /** TLS, and how the server proves who it is; without it the connection is in the clear. */
  readonly ssl?: TlsOptions;
}

interface TlsOptions {
  /** Whether the certificate must come from an authority that is trusted. */
  readonly rejectUnauthorized?: boolean;
  /** Whether it must be one for the host of the URL. */
  readonly verifyIdentity?: boolean;
  /** The authority, instead of those that Node trusts. */
  readonly ca?: Buffer;
}

const VERIFIED: TlsOptions = { rejectUnauthorized: true, verifyIdentity: true };
const ENCRYPTED: TlsOptions = { rejectUnauthorized: false };
const MODES: ReadonlyMap<string, TlsOptions | undefined> = new Map([
  ["true", VERIFIED],
  ["false", undefined],
  ["disable", undefined],
  ["disabled", undefined],
  ["require", ENCRYPTED],
  ["required", ENCRYPTED],
  ["verify-full", VERIFIED],
  ["verify_identity", VERIFIED],
]);

/**
 * Reads `ssl=true|false`, `ssl-mode=DISABLED|REQUIRED|VERIFY_IDENTITY`, `sslmode=disable|require|verify-full`,
 * `ssl-ca=<file>` and `charset=utf8mb4` of a URL. REQUIRED encrypts; only VERIFY_IDENTITY, `ssl=true` and a `ssl-ca` look at the
 * certificate and the host it is for. `ssl-ca` names the authority's certificate (PEM) where Node does not trust it by itself.
 *
 * @throws {ConfigError} `config.invalid` names any other parameter or value, which might have asked for TLS, a file that can't be read,
 *   and two parameters that ask for different things
 */
export function urlOptions({ searchParams }: URL): UrlOptions {
  const asked: (TlsOptions | undefined)[] = [];
  for (const [name, value] of searchParams) {
    if (name === "charset" && /^utf8mb4(_\w+)?$/i.test(value)) continue;
    const mode = value.toLowerCase();
    if (name === "ssl-ca") asked.push({ ...VERIFIED, ca: fileOf(value) });
    else if (/^(ssl|ssl-mode|sslmode)$/.test(name) && MODES.has(mode)) asked.push(MODES.get(mode));
    else throw new ConfigError("config.invalid", "url", `url has a parameter ${name} that is not understood`);
  }
  const tls = asked.filter((options) => options !== undefined);
  if (tls.length === 0) return {};
  const isChecked = tls.map(({ rejectUnauthorized }) => rejectUnauthorized);
  if (tls.length < asked.length || new Set(isChecked).size > 1)
    throw new ConfigError("config.invalid", "url", "url has parameters that ask for different kinds of TLS");
  return { ssl: Object.assign({}, ...tls) };
}

function fileOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new ConfigError("config.invalid", "url", "url names a ssl-ca that can't be read", { cause });
  }
}
