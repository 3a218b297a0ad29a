import { createHash, createHmac } from "node:crypto";
import { deriveKey } from "../secret/derive-key.js";

/** Key that tokens of a tenant are derived with, and the name under which a link remembers it. */
export interface LinkKey {
  /** 8 hex digits, from the key itself. */
  readonly id: string;
  readonly key: Uint8Array;
}

/** Keys of a tenant's links. */
export interface LinkKeys {
  /** Of the secret in use: new links are made with it. */
  readonly current: LinkKey;
  /** Of the secret in use and those before it: what they made can be made again. */
  find(id: string): LinkKey | undefined;
  /** Under which codes are kept, of the whole installation, the one in use first. */
  readonly codeKeys: readonly Uint8Array[];
}

/** What the token and code of a link are derived from, beside the key. */
export interface LinkSeed {
  /** Who or what it is of: the customer's id when it was issued, or `batch:<number>`. */
  readonly subject: string;
  /** Name of its key. */
  readonly keyId: string;
  /** Codes tried before that belonged to others. */
  readonly codeTurn: number;
}

/** A token with the code that stands for it. */
export interface LinkNames {
  /** 22 characters of base64url: 128 bits. */
  readonly token: string;
  /** 8 characters that nobody takes for each other. */
  readonly code: string;
}

/** No 0, O, 1, I, L. */
export const CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const CODE_LENGTH = 8;
const TOKEN = /^[A-Za-z0-9_-]{22}$/;
const CODE = new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`);

/** The keys of a tenant from the secret in use and those before it. */
export function linkKeysOf(secrets: readonly [current: string, ...previous: string[]], tenantId: number): LinkKeys {
  const [first, ...others] = secrets;
  const current = linkKey(first, tenantId);
  const all = [current, ...others.map((secret) => linkKey(secret, tenantId))];
  return {
    current,
    find: (id) => all.find((one) => one.id === id),
    codeKeys: codeKeysOf(secrets),
  };
}

function linkKey(secret: string, tenantId: number): LinkKey {
  const key = deriveKey(secret, "link", tenantId);
  return { key, id: createHash("sha256").update(key).digest("hex").slice(0, 8) };
}

/** Keys that codes of the whole installation are kept under: who types one says no tenant. */
function codeKeysOf(secrets: readonly string[]): readonly Uint8Array[] {
  return secrets.map((secret) => deriveKey(secret, "link-code", 0));
}

/** The token and the code of a link: the same for the same key, salt, subject and channel. */
export function linkNames(
  { key }: LinkKey,
  { subject, codeTurn }: Pick<LinkSeed, "subject" | "codeTurn">,
  { salt, channel }: { readonly salt: string; readonly channel: string },
): LinkNames {
  const of = (...parts: readonly string[]) => createHmac("sha256", key).update(parts.join("|")).digest();
  const first = of(salt, subject, channel);
  const bytes = codeTurn === 0 ? first : of(salt, subject, channel, String(codeTurn));
  return { token: first.subarray(0, 16).toString("base64url"), code: codeFrom(bytes.subarray(16)) };
}

/** Two bytes for each character: no character is more likely than another by more than 1 in 30 000. */
export function codeFrom(bytes: Buffer, length = CODE_LENGTH): string {
  return Array.from({ length }, (_, n) => CODE_ALPHABET[bytes.readUInt16BE(n * 2) % CODE_ALPHABET.length]).join("");
}

/** What is kept of a token: 64 hex digits. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** What is kept of a code: 64 hex digits that nobody can try out without the key. */
export function codeHash(key: Uint8Array, code: string): string {
  return createHmac("sha256", key).update(code).digest("hex");
}

/** A token as it was typed or followed; undefined for anything else. */
export function readToken(text: string): string | undefined {
  return TOKEN.test(text) ? text : undefined;
}

/** A code as people type it: small letters, blanks and dashes do no harm. */
export function readCode(text: string): string | undefined {
  const code = text.toUpperCase().replace(/[\s-]/g, "");
  return CODE.test(code) ? code : undefined;
}
