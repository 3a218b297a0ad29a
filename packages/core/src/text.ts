import { hash } from "node:crypto";

// C0 controls except TAB and LF, and DEL: no stored text may hold them.
// biome-ignore lint/suspicious/noControlCharactersInRegex: this expression exists to find them
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** Stored form of a text: NFC, trimmed. */
export function normaliseText(text: string): string {
  return text.normalize("NFC").trim();
}

/** A name on one line: every run of white space that holds a TAB or a line break becomes one blank. */
export function foldLines(text: string): string {
  return text.replace(/\s+/g, (run) => (/[\t\n\v\f\r\u2028\u2029]/.test(run) ? " " : run));
}

/** True when a text holds a control character that is never stored (all C0 but TAB and LF). */
export function hasControlCharacters(text: string): boolean {
  return FORBIDDEN.test(text);
}

/** Lower-cased form that substring search compares. */
export function searchForm(text: string): string {
  return normaliseText(text).toLowerCase();
}

/** Length in bytes of UTF-8, the unit of most provider limits. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Orders strings as their UTF-8 bytes, like the engines' binary collations. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

/** SHA-256 of a text, 64 hex digits. */
export function sha256Hex(text: string): string {
  return hash("sha256", text, "hex");
}

/** Stable hash of a row: keys in the order given, absent and null values alike. 32 hex digits. */
export function rowHash(values: readonly (string | number | null | undefined)[]): string {
  // In a list undefined is written as null.
  return sha256Hex(JSON.stringify(values)).slice(0, 32);
}
