import { createHmac, timingSafeEqual } from "node:crypto";
import { ConfigError } from "@recallkit/core";

/** How old, or how far in the future, a message may be, in seconds. */
export const TOLERANCE_SECONDS = 300;

/** Headers of a request, names in any case. */
export type WebhookHeaders =
  | Readonly<Record<string, string | readonly string[] | undefined>>
  | { get(name: string): string | null };

/** What a check found. */
export type WebhookCheck =
  | {
      readonly isGenuine: true;
      /** The same in every attempt: who has seen it answers 2xx and does nothing. */
      readonly id: string;
      /** When it was signed, epoch ms. */
      readonly at: number;
    }
  | {
      readonly isGenuine: false;
      /** `too-old` and `too-new` are by the clock, more than the tolerance away. */
      readonly fault: "missing" | "malformed" | "too-old" | "too-new" | "wrong";
    };

/** A key out of `whsec_…`. @throws {ConfigError} it is no base64 of 24 … 64 bytes */
export function keyOf(option: string, secret: string): Buffer {
  const text = secret.replace(/^whsec_/, "");
  const key = Buffer.from(text, "base64");
  const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(text);
  if (isBase64 && key.length >= 24 && key.length <= 64) return key;
  throw new ConfigError("config.invalid", option, `${option} must be whsec_ and base64 of 24 … 64 random bytes`);
}

/** One signature of `webhook-signature`. @param timestamp epoch seconds */
export function signatureOf(key: Buffer, id: string, timestamp: string, body: string | Uint8Array): string {
  return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
}

/** Options of {@link verifyWebhook}. */
export interface VerifyOptions {
  /** `whsec_…`; several while one is exchanged for another. */
  readonly secret: string | readonly string[];
  /** Epoch ms. @default the system clock's, as `Date.now()` gives it */
  readonly now: number;
  /** @default 300 */
  readonly toleranceSeconds?: number | undefined;
}

/**
 * Whether a request is one of ours and fresh, by Standard Webhooks. Compare the body byte for byte as it came, before parsing.
 *
 * @throws {ConfigError} the secret is unusable
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  body: string | Uint8Array,
  { secret, now, toleranceSeconds = TOLERANCE_SECONDS }: VerifyOptions,
): WebhookCheck {
  const keys = [secret].flat().map((one) => keyOf("secret", one));
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) =>
    headerOf(headers, name),
  );
  if (!id || !timestamp || !signatures) return { isGenuine: false, fault: "missing" };
  if (!/^\d{1,12}$/.test(timestamp)) return { isGenuine: false, fault: "malformed" };
  const age = now / 1000 - Number(timestamp);
  if (age > toleranceSeconds) return { isGenuine: false, fault: "too-old" };
  if (age < -toleranceSeconds) return { isGenuine: false, fault: "too-new" };
  const given = signatures.split(" ").map((one) => Buffer.from(one));
  const isGenuine = keys.some((key) => {
    const expected = Buffer.from(signatureOf(key, id, timestamp, body));
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
  return isGenuine ? { isGenuine, id, at: Number(timestamp) * 1000 } : { isGenuine, fault: "wrong" };
}

function headerOf(headers: WebhookHeaders, name: string): string | undefined {
  if (isGetter(headers)) return headers.get(name) ?? undefined;
  const key = Object.keys(headers).find((one) => one.toLowerCase() === name);
  const value = key === undefined ? undefined : headers[key];
  return typeof value === "string" ? value : value?.[0];
}

function isGetter(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers.get === "function";
}
