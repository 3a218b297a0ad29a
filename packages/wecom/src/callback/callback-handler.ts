import { type Logger, type Random, RecallKitError, silentLogger, systemClock, systemRandom } from "@recallkit/core";
import type { CallbackReader, CallbackReaderOptions } from "./callback-reader.js";
import { type CallbackDedupe, memoryDedupe } from "./dedupe.js";
import type { WecomCallback } from "./events.js";
import { bodyOf } from "./inbound-request.js";
import { type CallbackReply, type ReplyAddress, replyXml, sealedXml } from "./reply.js";
import { wecomCallbacks } from "./wecom-callbacks.js";

/** What {@link CallbackHandlerOptions.onEvent} gets beside the event. */
export interface CallbackContext<Tx = undefined, Reply = CallbackReply> {
  /** Of the callback; the same when it is told again. */
  readonly key: string;
  /** The decrypted message, XML. */
  readonly message: string;
  /** The transaction of `dedupe`. */
  readonly tx: Tx;
  /** Answers with a message; the last one counts. Repeats of a callback are answered without one. */
  reply(reply: Reply): void;
}

/** Options of a handler around its reader. */
export interface CallbackWorkOptions<Event, Tx, Reply = CallbackReply> {
  /**
   * Keeps what happened. The provider waits for 5 s at most and wants its answer within 1 s, so anything that takes time belongs
   * after it. When it fails, nothing was kept, and the provider tells the callback again.
   */
  readonly onEvent: (event: Event, context: CallbackContext<Tx, Reply>) => Promise<void>;
  /** @default memory of this handler, for one process */
  readonly dedupe?: CallbackDedupe<Tx> | undefined;
  /** @default systemRandom */
  readonly random?: Random | undefined;
  /** Told about callbacks that could not be kept: a code, nothing of their content. @default silent */
  readonly logger?: Logger | undefined;
}

/** Options of {@link createCallbackHandler}. */
export interface CallbackHandlerOptions<Tx = undefined>
  extends CallbackReaderOptions,
    CallbackWorkOptions<WecomCallback, Tx> {}

/** Answers requests of a provider; never rejects. */
export type CallbackHandler = (request: Request) => Promise<Response>;

/**
 * Answers WeCom's callbacks: verifies the address, and tells each event once.
 *
 * Every request that is not WeCom's, whatever is wrong with it, is refused with the same 403 and has no effect.
 *
 * @throws {ConfigError} names the option that is missing or out of range
 */
export function createCallbackHandler<Tx = undefined>(options: CallbackHandlerOptions<Tx>): CallbackHandler {
  const { clock = systemClock, random = systemRandom } = options;
  const { crypto, ...reader } = wecomCallbacks(options);
  const write = (reply: CallbackReply, event: ReplyAddress) => {
    const timestamp = String(Math.floor(clock.now() / 1000));
    const nonce = Buffer.from(random.bytes(8)).toString("hex");
    return sealedXml(crypto, replyXml(reply, event, clock.now()), { timestamp, nonce, random: random.bytes(16) });
  };
  return callbackHandler({ ...options, reader, write });
}

/** A handler around any reader. `write` puts a reply into the form of the answer. */
export function callbackHandler<Event, Tx, Reply>(
  options: CallbackWorkOptions<Event, Tx, Reply> & {
    readonly reader: CallbackReader<Event>;
    readonly write: (reply: Reply, event: Event) => string;
    readonly clock?: CallbackReaderOptions["clock"];
  },
): CallbackHandler {
  const { reader, write, onEvent, clock, logger = silentLogger } = options;
  // Only a caller whose `Tx` is `undefined` can leave `dedupe` out.
  const dedupe = options.dedupe ?? (memoryDedupe({ clock }) as CallbackDedupe<unknown> as CallbackDedupe<Tx>);

  return async (request) => {
    const query = new URL(request.url).searchParams;
    if (request.method === "GET") {
      const echo = reader.echo(query);
      return echo === undefined ? refusal() : answer(echo, "text/plain; charset=utf-8");
    }
    const body = request.method === "POST" ? await bodyOf(request) : undefined;
    const received = body && reader.read(query, body);
    if (received === undefined) return refusal();
    const { key, event, message } = received;
    let written: Reply | undefined;
    const reply = (given: Reply) => {
      written = given;
    };
    try {
      await dedupe.once(key, async (tx) => {
        written = undefined;
        await onEvent(event, { key, message, tx, reply });
      });
    } catch (error) {
      logger.error("wecom.callback-failed", { code: RecallKitError.is(error) ? error.code : "unexpected" });
      return new Response("", { status: 500 });
    }
    return written === undefined ? answer("", "text/plain") : answer(write(written, event), "application/xml");
  };
}

function answer(text: string, contentType: string): Response {
  return new Response(text || null, { headers: { "content-type": contentType, "cache-control": "no-store" } });
}

function refusal(): Response {
  return new Response("refused", { status: 403, headers: { "content-type": "text/plain" } });
}
