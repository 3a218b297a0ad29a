import { timingSafeEqual } from "node:crypto";
import { ConfigError } from "@recallkit/core";
import { decrypt, encrypt, getSignature } from "@wecom/crypto";

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

/** What is needed beside the other characters, so that a text of base64 is checked before it costs anything. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Wraps `@wecom/crypto`, which verifies nothing by itself, in the checks that it lacks.
 *
 * @throws {ConfigError} names the option that is not of its form
 */
export function messageCrypto({ token, encodingAesKey, receiveId }: CallbackSecrets): MessageCrypto {
  checked("token", token, /^[A-Za-z0-9]{1,32}$/, "1 to 32 letters and digits");
  checked("encodingAesKey", encodingAesKey, /^[A-Za-z0-9]{43}$/, "43 letters and digits");
  checked("receiveId", receiveId, /^[\x21-\x7e]{1,128}$/, "the id of corp, suite or official account");
  const sign = (timestamp: string, nonce: string, encrypted: string) =>
    getSignature(token, timestamp, nonce, encrypted);

  return {
    sign,
    isSigned: (signature, timestamp, nonce, encrypted) => isSameText(signature, sign(timestamp, nonce, encrypted)),
    open(encrypted) {
      if (!BASE64.test(encrypted)) return undefined;
      try {
        const { message, id, random } = decrypt(encodingAesKey, encrypted);
        // Padding, length and encoding leave nothing to choose: where one of them is wrong, the parts make another text.
        const isWhole = encrypt(encodingAesKey, message, id, random) === encrypted;
        return isWhole && id === receiveId ? message : undefined;
      } catch {
        return undefined;
      }
    },
    seal: (message, random) => encrypt(encodingAesKey, message, receiveId, Buffer.from(random)),
  };
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
