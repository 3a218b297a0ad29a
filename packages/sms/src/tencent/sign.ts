import { createHash, createHmac } from "node:crypto";

/** A call to be signed. */
export interface TencentRequest {
  readonly host: string;
  /** The very bytes that are sent. */
  readonly body: string;
  /** Epoch ms. */
  readonly at: number;
  readonly secretId: string;
  readonly secretKey: string;
}

export const CONTENT_TYPE = "application/json; charset=utf-8";
const SERVICE = "sms";

const sha256 = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text, "utf8").digest();

/**
 * `Authorization` of a call (TC3-HMAC-SHA256).
 *
 * @see https://cloud.tencent.com/document/api/382/52072
 */
export function authorizationOf({ host, body, at, secretId, secretKey }: TencentRequest): string {
  const timestamp = Math.floor(at / 1000);
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10);
  const names = "content-type;host";
  const canonical = ["POST", "/", "", `content-type:${CONTENT_TYPE}`, `host:${host}`, "", names, sha256(body)].join(
    "\n",
  );
  const scope = `${date}/${SERVICE}/tc3_request`;
  const toSign = ["TC3-HMAC-SHA256", String(timestamp), scope, sha256(canonical)].join("\n");
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), SERVICE), "tc3_request");
  const signature = hmac(key, toSign).toString("hex");
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
}
