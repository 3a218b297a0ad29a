/** A key that makes repeats of one request one effect. Works on plain http too, where browsers make no UUIDs. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
