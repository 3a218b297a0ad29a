import { createHash, createHmac } from "node:crypto";

/** A call to be signed. */
export interface AliyunRequest {
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
  /** Epoch ms. */
  readonly at: number;
  /** 32 hex digits, never used twice. */
  readonly nonce: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Token of temporary credentials (STS). @default none */
  readonly securityToken?: string | undefined;
}

/** SHA-256 of the empty body. */
const EMPTY_BODY = createHash("sha256").update("").digest("hex");
const ALGORITHM = "ACS3-HMAC-SHA256";

/** Query in the order and spelling that is signed; `~` stays as it is. */
export function canonicalQuery(query: Readonly<Record<string, string>>): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return Object.entries(query)
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join("="))
    .join("&");
}

/**
 * Headers of a signed call with an empty body.
 *
 * @see https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature
 */
export function signedHeaders(request: AliyunRequest): Readonly<Record<string, string>> {
  const { host, action, version, query, at, nonce, accessKeyId, accessKeySecret, securityToken } = request;
  const headers: Readonly<Record<string, string>> = {
    host,
    "x-acs-action": action,
    "x-acs-content-sha256": EMPTY_BODY,
    "x-acs-date": `${new Date(at).toISOString().slice(0, 19)}Z`,
    ...(securityToken !== undefined && { "x-acs-security-token": securityToken }),
    "x-acs-signature-nonce": nonce,
    "x-acs-version": version,
  };
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join("");
  const canonical = ["POST", "/", canonicalQuery(query), lines, names.join(";"), EMPTY_BODY].join("\n");
  const hash = createHash("sha256").update(canonical).digest("hex");
  const signature = createHmac("sha256", accessKeySecret).update(`${ALGORITHM}\n${hash}`).digest("hex");
  const authorization = `${ALGORITHM} Credential=${accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return { ...headers, authorization };
}
