import { createHash } from "node:crypto";
import { systemClock, systemRandom } from "@recallkit/core";
import { type CallbackHandler, type CallbackWorkOptions, callbackHandler } from "../callback/callback-handler.js";
import { callbackKey } from "../callback/callback-key.js";
import {
  type CallbackReader,
  type CallbackReaderOptions,
  encryptedCallbacks,
  toleranceOf,
} from "../callback/callback-reader.js";
import { isTimely, parametersOf, textOf } from "../callback/inbound-request.js";
import { isSameText, type MessageCrypto } from "../callback/message-crypto.js";
import { replyXml, sealedXml } from "../callback/reply.js";
import { readXml } from "../callback/xml.js";
import type { OfficialAccountCallback } from "./events.js";
import { readAccountEvent } from "./read-account-event.js";
import { type AccountReply, accountReplyXml } from "./reply.js";

/** Options of {@link officialAccountCallbackReader}. */
export interface OfficialAccountReaderOptions extends Pick<CallbackReaderOptions, "toleranceSeconds" | "clock"> {
  /** As the console shows it: 3 … 32 letters and digits. */
  readonly token: string;
  readonly appId: string;
  /** 43 letters and digits; not needed in plain mode. */
  readonly encodingAesKey?: string | undefined;
  /**
   * `secure` (安全模式) takes encrypted messages only, of 兼容模式 too. In plain mode (明文模式) the signature does not cover the
   * message: whoever has seen one address can make up messages for five minutes. @default "secure"
   */
  readonly mode?: "secure" | "plain" | undefined;
}

/** Options of {@link createOfficialAccountHandler}. */
export interface OfficialAccountHandlerOptions<Tx = undefined>
  extends OfficialAccountReaderOptions,
    CallbackWorkOptions<OfficialAccountCallback, Tx, AccountReply> {}

/** Any key, for the parts of the encryption that plain mode does without. */
const NO_KEY = "A".repeat(43);

/** A reader of an official account's callbacks. @throws {ConfigError} names the option that is missing or out of range */
export function officialAccountCallbackReader(
  options: OfficialAccountReaderOptions,
): CallbackReader<OfficialAccountCallback> {
  const { echo, read } = readerOf(options);
  return { echo, read };
}

/**
 * Answers an official account's callbacks: verifies the address, and tells each event once. Whatever is not the platform's is
 * refused with the same 403 and has no effect.
 *
 * @throws {ConfigError} names the option that is missing or out of range
 */
export function createOfficialAccountHandler<Tx = undefined>(
  options: OfficialAccountHandlerOptions<Tx>,
): CallbackHandler {
  const { mode = "secure", clock = systemClock, random = systemRandom } = options;
  const { crypto, ...reader } = readerOf(options);
  return callbackHandler({
    ...options,
    reader,
    write(reply, event) {
      const now = clock.now();
      const xml = reply.kind === "music" ? accountReplyXml(reply, event, now) : replyXml(reply, event, now);
      if (mode === "plain") return xml;
      const timestamp = String(Math.floor(now / 1000));
      const nonce = Buffer.from(random.bytes(8)).toString("hex");
      return sealedXml(crypto, xml, { timestamp, nonce, random: random.bytes(16) });
    },
  });
}

function readerOf(
  options: OfficialAccountReaderOptions,
): CallbackReader<OfficialAccountCallback> & { readonly crypto: MessageCrypto } {
  const { token, appId, mode = "secure", clock = systemClock } = options;
  const encodingAesKey = options.encodingAesKey ?? (mode === "plain" ? NO_KEY : "");
  const isSigned = (query: URLSearchParams) => {
    const given = parametersOf(query, "signature", "timestamp", "nonce");
    return given !== undefined && isSameText(given.signature, plainSignature(token, given.timestamp, given.nonce));
  };
  // Not encrypted: it comes back as it is.
  const echo = (query: URLSearchParams) => (isSigned(query) ? parametersOf(query, "echostr")?.echostr : undefined);
  const secrets = { ...options, encodingAesKey, receiveId: appId };
  const secure = encryptedCallbacks(secrets, { signature: "msg_signature", echo, read: readAccountEvent });
  if (mode === "secure") return secure;
  const tolerance = toleranceOf(options);
  return {
    ...secure,
    read(query, body) {
      const time = parametersOf(query, "timestamp");
      if (!isSigned(query) || !time || !isTimely(time.timestamp, clock.now(), tolerance)) return undefined;
      const message = textOf(body);
      const xml = message === undefined ? undefined : readXml(message);
      const event = xml && readAccountEvent(xml);
      if (message === undefined || xml === undefined || event === undefined) return undefined;
      return { key: callbackKey(appId, xml, message), event, message };
    },
  };
}

/** Signature over everything but the message. */
function plainSignature(token: string, timestamp: string, nonce: string): string {
  return createHash("sha1").update([token, timestamp, nonce].sort().join("")).digest("hex");
}
