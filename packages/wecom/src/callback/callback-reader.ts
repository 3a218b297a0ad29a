import { type Clock, ConfigError, systemClock } from "@recallkit/core";
import { callbackKey } from "./callback-key.js";
import { isTimely, parametersOf, textOf } from "./inbound-request.js";
import { type CallbackSecrets, type MessageCrypto, messageCrypto } from "./message-crypto.js";
import { childText, readXml, type XmlElement } from "./xml.js";

/** Options of a reader of callbacks. */
export interface CallbackReaderOptions extends CallbackSecrets {
  /** How far a request's time may be from ours, either way, in seconds. @default 300 */
  readonly toleranceSeconds?: number | undefined;
  /** @default systemClock */
  readonly clock?: Clock | undefined;
}

/** A callback that is known to come from the provider. */
export interface ReceivedCallback<Event> {
  /** What was told before under this key is the same thing, told again. */
  readonly key: string;
  readonly event: Event;
  /** The decrypted message, XML. */
  readonly message: string;
}

/**
 * Tells the provider's callbacks from anybody else's, without reading from or writing to anywhere. For hosts that have a frame
 * of their own around it; others take a handler.
 */
export interface CallbackReader<Event> {
  /** What a GET that verifies the address has to be answered with, as it is; undefined: refuse it. */
  echo(query: URLSearchParams): string | undefined;
  /** The callback in a POST; undefined whatever is wrong with it: refuse it. */
  read(query: URLSearchParams, body: Uint8Array): ReceivedCallback<Event> | undefined;
}

/** How an account's callbacks differ from others. */
export interface CallbackForm<Event> {
  /** Where a POST's signature stands. */
  readonly signature: string;
  echo(query: URLSearchParams, crypto: MessageCrypto): string | undefined;
  read(xml: XmlElement): Event | undefined;
}

/** A reader of encrypted callbacks. @throws {ConfigError} names the option that is missing or out of range */
export function encryptedCallbacks<Event>(
  options: CallbackReaderOptions,
  form: CallbackForm<Event>,
): CallbackReader<Event> & { readonly crypto: MessageCrypto } {
  const { clock = systemClock } = options;
  const crypto = messageCrypto(options);
  const tolerance = toleranceOf(options);

  return {
    crypto,
    echo(query) {
      const time = parametersOf(query, "timestamp");
      return time && isTimely(time.timestamp, clock.now(), tolerance) ? form.echo(query, crypto) : undefined;
    },
    read(query, body) {
      const given = parametersOf(query, form.signature, "timestamp", "nonce");
      const text = textOf(body);
      if (given === undefined || text === undefined || !isTimely(given.timestamp ?? "", clock.now(), tolerance)) {
        return undefined;
      }
      const { [form.signature]: signature = "", timestamp = "", nonce = "" } = given;
      const envelope = readXml(text);
      const encrypted = envelope && childText(envelope, "Encrypt");
      if (encrypted === undefined || !crypto.isSigned(signature, timestamp, nonce, encrypted)) return undefined;
      const message = crypto.open(encrypted);
      const xml = message === undefined ? undefined : readXml(message);
      const event = xml && form.read(xml);
      if (message === undefined || xml === undefined || event === undefined) return undefined;
      return { key: callbackKey(options.receiveId, xml, message), event, message };
    },
  };
}

/** @throws {ConfigError} `toleranceSeconds` is out of range */
export function toleranceOf({ toleranceSeconds = 300 }: Pick<CallbackReaderOptions, "toleranceSeconds">): number {
  if (Number.isInteger(toleranceSeconds) && toleranceSeconds >= 1 && toleranceSeconds <= 86_400)
    return toleranceSeconds;
  throw new ConfigError(
    "config.invalid",
    "toleranceSeconds",
    "toleranceSeconds must be a whole number from 1 to 86400",
  );
}
