import { createCipheriv } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError } from "@recallkit/core";
import { seededRandom } from "@recallkit/core/testing";
import { decrypt, encrypt } from "@wecom/crypto";
import { expect, test } from "vitest";
import * as z from "zod";
import { isSameText, messageCrypto } from "./message-crypto.js";

/** Of public fixtures; each names its source. */
const vectors = z
  .array(
    z.looseObject({
      id: z.string(),
      token: z.string().default("any"),
      encodingAESKey: z.string(),
      receiveId: z.string(),
      timestamp: z.string().optional(),
      nonce: z.string().optional(),
      signature: z.string().optional(),
      random: z.string().optional(),
      encrypt: z.string(),
      plain: z.string(),
    }),
  )
  .parse(JSON.parse(readFileSync(new URL("crypto-vectors.json", import.meta.url), "utf8")));

const [sample] = vectors;
if (sample === undefined) throw new Error("no vectors");

const SECRETS = {
  token: sample.token,
  encodingAesKey: sample.encodingAESKey,
  receiveId: sample.receiveId,
};

test.each(vectors)("$id is signed, opened and sealed as other implementations do", (vector) => {
  const { token, encodingAESKey: encodingAesKey, receiveId, timestamp, nonce, signature, random } = vector;
  const crypto = messageCrypto({ token, encodingAesKey, receiveId });
  if (signature !== undefined) {
    expect(crypto.sign(timestamp ?? "", nonce ?? "", vector.encrypt)).toBe(signature);
    expect(crypto.isSigned(signature, timestamp ?? "", nonce ?? "", vector.encrypt)).toBe(true);
    expect(crypto.isSigned(signature, timestamp ?? "", `${nonce}0`, vector.encrypt)).toBe(false);
  }
  expect(crypto.open(vector.encrypt)).toBe(vector.plain);
  if (random !== undefined) expect(crypto.seal(vector.plain, Buffer.from(random))).toBe(vector.encrypt);
});

test("signs four values and nothing else", () => {
  const token = "RMNlACHlV5ThzfRlVS4D4";
  const crypto = messageCrypto({ ...SECRETS, token });
  expect(crypto.sign("timestamp", "nonce", "encrypt")).toBe("8edac0945683c119ee71c9f6256d76c48aa08a96");
});

test("opens with a key whose last character carries bits that don't matter", () => {
  const lenient = messageCrypto({ ...SECRETS, encodingAesKey: `${SECRETS.encodingAesKey.slice(0, -1)}A` });
  expect(lenient.open(sample.encrypt)).toBe(sample.plain);
});

test("opens nothing that is meant for somebody else", () => {
  expect(messageCrypto({ ...SECRETS, receiveId: "ww-other" }).open(sample.encrypt)).toBeUndefined();
});

test("opens no text that its own parts don't encrypt to: padding, length, id, encoding", () => {
  const crypto = messageCrypto(SECRETS);
  const sealed = crypto.seal("hello", Buffer.alloc(16, 7));
  expect(crypto.open(sealed)).toBe("hello");
  const { encodingAesKey: key, receiveId } = SECRETS;
  const random = Buffer.alloc(16, 7);
  // Made by hand where the library makes none: a wrong length, padding of other bytes, bytes that are no UTF-8.
  const raw = (message: Uint8Array, length: number, padding: (n: number) => Buffer) =>
    cipherOf(key, Buffer.concat([random, uint32(length), message, Buffer.from(receiveId)]), padding);
  const proper = (n: number) => Buffer.alloc(n, n);
  expect(raw(Buffer.from("hello"), 5, proper)).toBe(sealed);
  const broken = {
    "a length beyond the end": raw(Buffer.from("hello"), 5000, proper),
    "a length with the top bit set": raw(Buffer.from("hello"), 0xffff_ffff, proper),
    "a length that is too short": raw(Buffer.from("hello"), 4, proper),
    "padding that is not alike": raw(Buffer.from("hello"), 5, (n) => Buffer.alloc(n, n).fill(1, 0, 1)),
    "padding of zero": raw(Buffer.from("hello"), 5, (n) => Buffer.alloc(n)),
    "padding beyond a block": raw(Buffer.from("hello"), 5, (n) => Buffer.alloc(n, 33)),
    "bytes that are no UTF-8": raw(Buffer.from([0xff, 0xfe]), 2, proper),
    "an id that goes on": encrypt(key, "hello", `${receiveId}x`, random),
    "no id": encrypt(key, "hello", "", random),
    "a cut text": sealed.slice(0, -4),
    "half a block": sealed.slice(0, 20),
    nothing: "",
    "no base64": "~~~~",
    "spaces within": `${sealed.slice(0, 8)} ${sealed.slice(8)}`,
  };
  for (const [what, text] of Object.entries(broken)) expect(crypto.open(text), what).toBeUndefined();
});

test("opens what @wecom/crypto opens and would encrypt to the same text again, and nothing else", () => {
  const crypto = messageCrypto(SECRETS);
  const { encodingAesKey: key, receiveId } = SECRETS;
  const byLibrary = (text: string) => {
    try {
      const { message, id, random } = decrypt(key, text);
      return id === receiveId && encrypt(key, message, id, random) === text ? message : undefined;
    } catch {
      return undefined;
    }
  };
  const random = seededRandom(11);
  const upTo = (most: number) => Math.floor(random.next() * most);
  let opened = 0;
  for (let run = 0; run < 4_000; run += 1) {
    const message = Array.from({ length: upTo(70) }, () => "a中😀 <]\u0000\ufeff"[upTo(9)])
      .join("")
      .replace(/[\ud83d\ude00]/gu, "😀");
    const sealed = crypto.seal(message, random.bytes(16));
    const bytes = Buffer.from(sealed, "base64");
    const harm = upTo(5);
    if (harm === 1) bytes[upTo(bytes.length)] = upTo(256);
    // The block before the last one chooses the padding.
    if (harm === 2) bytes[bytes.length - 17 - upTo(16)] = upTo(256);
    const cut = harm === 3 ? bytes.subarray(0, bytes.length - upTo(40)) : bytes;
    const text = harm === 4 ? `${sealed.slice(0, -1)}${"AB=/"[upTo(4)]}` : cut.toString("base64");
    const found = crypto.open(text);
    expect(found, text).toBe(byLibrary(text));
    if (found !== undefined) opened += 1;
  }
  expect(opened).toBeGreaterThan(800);
  expect(opened).toBeLessThan(3_000);
});

test.each(["", "a".repeat(42), "a".repeat(44), `${"a".repeat(42)}=`, `${"a".repeat(42)}$`])(
  "takes no key %j",
  (encodingAesKey) => {
    expect(() => messageCrypto({ ...SECRETS, encodingAesKey })).toThrow(ConfigError);
  },
);

test("names the option that is wrong and not its value", () => {
  expect(() => messageCrypto({ ...SECRETS, token: "with space" })).toThrow(/^token must be/);
  expect(() => messageCrypto({ ...SECRETS, receiveId: "" })).toThrow(/receiveId/);
});

test("compares texts of any lengths", () => {
  expect(isSameText("abc", "abc")).toBe(true);
  expect(isSameText("abc", "abd")).toBe(false);
  expect(isSameText("", "abc")).toBe(false);
  expect(isSameText("äb", "abc")).toBe(false);
});

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Encrypts bytes as the provider does, with padding of any kind. */
function cipherOf(key: string, bytes: Buffer, padding: (length: number) => Buffer): string {
  const secret = Buffer.from(`${key}=`, "base64");
  const cipher = createCipheriv("aes-256-cbc", secret, secret.subarray(0, 16)).setAutoPadding(false);
  const padded = Buffer.concat([bytes, padding(32 - (bytes.length % 32))]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString("base64");
}
