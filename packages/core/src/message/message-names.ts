import { createHmac, timingSafeEqual } from "node:crypto";

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const DIGITS = 12;

function mac(key: Uint8Array, purpose: string, id: number): string {
  const digest = createHmac("sha256", key).update(`message|${purpose}|${id}`).digest();
  return Array.from(digest.subarray(0, DIGITS), (byte) => ALPHABET[byte & 31]).join("");
}

/** The look-up marker of a message, the same for all its attempts: 12 base32 characters. */
export function messageMarker(key: Uint8Array, id: number): string {
  return mac(key, "marker", id);
}

/** The opaque name of a message where it is traced. Nothing has to be kept for it: it says the id, and proves that we made it. */
export function traceIdOf(key: Uint8Array, id: number): string {
  return `${id.toString(36)}-${mac(key, "trace", id)}`;
}

/** By which the reader of a message keeps further ones away; says the tenant, whose key is needed to read it. */
export function unsubscribeTokenOf(key: Uint8Array, tenantId: number, id: number): string {
  return `${tenantId.toString(36)}.${id.toString(36)}.${mac(key, "unsubscribe", id)}${mac(key, "unsubscribe2", id)}`;
}

/** The id of a trace's name; undefined: it is none of this key's. */
export function idOfTrace(key: Uint8Array, traceId: string): number | undefined {
  const [, digits] = /^([0-9a-z]{1,11})-[a-z2-7]{12}$/.exec(traceId) ?? [];
  const id = Number.parseInt(digits ?? "", 36);
  return Number.isSafeInteger(id) && isSame(traceIdOf(key, id), traceId) ? id : undefined;
}

/** Tenant and message of a token, unproved. */
export function readUnsubscribeToken(token: string): { readonly tenantId: number; readonly id: number } | undefined {
  const [, tenant, digits] = /^([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.[a-z2-7]{24}$/.exec(token) ?? [];
  const [tenantId, id] = [Number.parseInt(tenant ?? "", 36), Number.parseInt(digits ?? "", 36)];
  return Number.isSafeInteger(tenantId) && Number.isSafeInteger(id) ? { tenantId, id } : undefined;
}

/** Whether two names are one, told in equal time. */
export function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
