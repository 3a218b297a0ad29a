import type { Clock } from "../clock.js";
import { ChannelError } from "../errors.js";
import type { CallWatch } from "./call-watch.js";

/** How long a channel may take to end once its signal is aborted. */
const ABORT_GRACE_MS = 1_000;

/** What a bounded call needs of the engine. */
export interface CallContext {
  readonly clock: Clock;
  /** Tells calls that their time is over. */
  readonly calls: CallWatch;
}

/** A call that was given up: nobody waits for its answer any more, which may still come. */
export class AbandonedCallError extends ChannelError {
  /** Settles when the channel does. */
  readonly answer: Promise<unknown>;

  constructor(channel: string, answer: Promise<unknown>) {
    super("channel.no-answer", `${channel} did not answer in time`, { channel, effect: "UNKNOWN", retryable: true });
    this.answer = answer;
  }
}

/**
 * Waits for a call of a channel, with a signal of its own, for as long as the engine has time for it. A channel that never
 * settles, or takes no notice of its signal, is given up: whoever asked goes on.
 *
 * @throws {AbandonedCallError} it did not end in time; else whatever the channel throws
 */
export function callChannel<T>(
  { clock, calls }: CallContext,
  channel: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const given = new AbortController();
    let patience: AbortController | undefined;
    const leave = calls.begin(() => {
      given.abort();
      patience = new AbortController();
      // By then the call may have ended, and this says nothing.
      clock.sleep(ABORT_GRACE_MS, patience.signal).then(() => reject(new AbandonedCallError(channel, answer)), reject);
    });
    const end = () => {
      leave();
      patience?.abort();
    };
    // A channel may throw before it returns a promise.
    const answer = (async () => run(given.signal))();
    answer.then(
      (value) => {
        resolve(value);
        end();
      },
      (error: unknown) => {
        reject(error);
        end();
      },
    );
  });
}

/** Walks through the pages of a channel, each waited for like a call of its own. */
export async function* pagesOfChannel<T>(
  context: CallContext,
  channel: string,
  run: (signal: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  let pages: AsyncIterator<T> | undefined;
  const walk = new AbortController();
  try {
    for (;;) {
      const next = await callChannel(context, channel, (signal) => {
        signal.addEventListener("abort", () => walk.abort(), { once: true });
        pages ??= run(walk.signal)[Symbol.asyncIterator]();
        return pages.next();
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    walk.abort();
    // Not waited for: a generator that hangs would hang again.
    pages?.return?.()?.then(undefined, () => {});
  }
}
