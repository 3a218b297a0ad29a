import { isUtf8 } from "node:buffer";
import { createDecipheriv, createSecretKey, hash, timingSafeEqual } from "node:crypto";
import { ConfigError } from "@recallkit/core";
import { encrypt } from "@wecom/crypto";

/** What signs and encrypts the callbacks of one account; all three are shown by the provider's console. */
export interface CallbackSecrets {
  /** 1 … 32 letters and digits. */
  readonly token: string;
  /** 43 letters and digits. */
  readonly encodingAesKey: string;
  /** Whom messages are meant for: the corpid of a self-built app, the suiteid of a third party's, the appid of an official account. */
  readonly receiveId: string;
}

/** Signatures and encryption of one account's callbacks. */
export interface MessageCrypto {
  /** Signature over token, timestamp, nonce and cipher text, 40 hexadecimal digits. */
  sign(timestamp: string, nonce: string, encrypted: string): string;
  /** Whether it is the signature over exactly these values; takes as long for every wrong one. */
  isSigned(signature: string, timestamp: string, nonce: string, encrypted: string): boolean;
  /** The message in a cipher text; undefined whatever is wrong with it, or when it is meant for somebody else. */
  open(encrypted: string): string | undefined;
  /** Encrypts a message. @param random 16 bytes that nobody can foresee */
  seal(message: string, random: Uint8Array): string;
}

/** Length of a block of the cipher, and of the padding's. */
const CIPHER_BLOCK = 16;
const PADDED_BLOCK = 32;
/** Random bytes and the length before the message. */
const HEAD = 20;

/**
 * Signs and opens as `@wecom/crypto` does, which verifies nothing and makes its key anew for each message, with the checks that it
 * lacks; seals by it.
 *
 * @throws {ConfigError} names the option that is not of its form
 */
export function messageCrypto({ token, encodingAesKey, receiveId }: CallbackSecrets): MessageCrypto {
  checked("token", token, /^[A-Za-z0-9]{1,32}$/, "1 to 32 letters and digits");
  checked("encodingAesKey", encodingAesKey, /^[A-Za-z0-9]{43}$/, "43 letters and digits");
  checked("receiveId", receiveId, /^[\x21-\x7e]{1,128}$/, "the id of corp, suite or official account");
  const secret = Buffer.from(`${encodingAesKey}=`, "base64");
  const key = createSecretKey(secret);
  const iv = secret.subarray(0, CIPHER_BLOCK);
  const id = Buffer.from(receiveId);
  const sign = (timestamp: string, nonce: string, encrypted: string) =>
    hash("sha1", [token, timestamp, nonce, encrypted].sort().join(""));

  return {
    sign,
    isSigned: (signature, timestamp, nonce, encrypted) => isSameText(signature, sign(timestamp, nonce, encrypted)),
    open(encrypted) {
      const sealed = Buffer.from(encrypted, "base64");
      // What is no base64 is left out when it is read; stray bits and missing padding would be another text with the same meaning.
      if (sealed.length % PADDED_BLOCK !== 0 || sealed.toString("base64") !== encrypted) return undefined;
      const plain = createDecipheriv("aes-256-cbc", key, iv).setAutoPadding(false).update(sealed);
      return messageIn(plain, id);
    },
    seal: (message, random) => encrypt(encodingAesKey, message, receiveId, Buffer.from(random)),
  };
}

/** The message of a plain text of whole blocks, meant for `id`; undefined where padding, length, encoding or id are not right. */
function messageIn(plain: Buffer, id: Buffer): string | undefined {
  const padding = plain.at(-1) ?? 0;
  const whole = plain.length - padding;
  if (padding < 1 || padding > PADDED_BLOCK || whole < HEAD + id.length) return undefined;
  for (let index = whole; index < plain.length; index += 1) if (plain[index] !== padding) return undefined;
  const end = HEAD + plain.readUInt32BE(HEAD - 4);
  if (end + id.length !== whole || !id.equals(plain.subarray(end, whole))) return undefined;
  const message = plain.subarray(HEAD, end);
  return isUtf8(message) ? message.toString() : undefined;
}

/** Compares texts in a time that depends on their lengths only. */
export function isSameText(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function checked(option: string, value: string, form: RegExp, meaning: string): void {
  if (!value) throw new ConfigError("config.missing", option, `callbacks need the option ${option}`);
  if (!form.test(value)) throw new ConfigError("config.invalid", option, `${option} must be ${meaning}`);
}
