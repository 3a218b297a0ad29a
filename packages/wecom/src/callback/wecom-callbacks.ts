import { type CallbackReader, type CallbackReaderOptions, encryptedCallbacks } from "./callback-reader.js";
import type { WecomCallback } from "./events.js";
import { parametersOf } from "./inbound-request.js";
import type { MessageCrypto } from "./message-crypto.js";
import { readEvent } from "./read-event.js";

/** A reader of WeCom's callbacks. @throws {ConfigError} names the option that is missing or out of range */
export function wecomCallbackReader(options: CallbackReaderOptions): CallbackReader<WecomCallback> {
  const { echo, read } = wecomCallbacks(options);
  return { echo, read };
}

/** The reader with what encrypts replies. */
export function wecomCallbacks(
  options: CallbackReaderOptions,
): CallbackReader<WecomCallback> & { readonly crypto: MessageCrypto } {
  return encryptedCallbacks(options, { signature: "msg_signature", echo, read: readEvent });
}

/** The decrypted `echostr`. @see https://developer.work.weixin.qq.com/document/path/90930 */
function echo(query: URLSearchParams, crypto: MessageCrypto): string | undefined {
  const given = parametersOf(query, "msg_signature", "timestamp", "nonce", "echostr");
  if (given === undefined) return undefined;
  // A plus that was not escaped has become a space, which base64 knows not.
  const encrypted = given.echostr.replaceAll(" ", "+");
  if (!crypto.isSigned(given.msg_signature, given.timestamp, given.nonce, encrypted)) return undefined;
  return crypto.open(encrypted);
}
