import type { Clock } from "../clock.js";
import { ChannelError } from "../errors.js";
import type { Timings } from "./timings.js";

/** How long a channel may take to end once its signal is aborted. */
const ABORT_GRACE_MS = 1_000;

/** What a bounded call needs of the engine. */
export interface CallContext {
  readonly clock: Clock;
  readonly timings: Pick<Timings, "callDeadlineMs">;
  /** Aborted when open calls must end. */
  readonly callSignal: AbortSignal;
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
export async function callChannel<T>(
  { clock, timings, callSignal }: CallContext,
  channel: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const patience = new AbortController();
  const given = new AbortController();
  const stop = () => given.abort();
  callSignal.addEventListener("abort", stop, { once: true });
  if (callSignal.aborted) stop();
  // A channel may throw before it returns a promise.
  const answer = (async () => run(given.signal))();
  const outOfTime = (async () => {
    const abandoned = AbortSignal.any([patience.signal, given.signal]);
    await clock.sleep(timings.callDeadlineMs, abandoned);
    if (patience.signal.aborted) return;
    given.abort();
    await clock.sleep(ABORT_GRACE_MS, patience.signal);
  })();
  // The race is over by then; what comes later is for those who look at `answer`.
  answer.catch(() => {});
  try {
    return await Promise.race([
      answer,
      outOfTime.then(() => {
        throw new AbandonedCallError(channel, answer);
      }),
    ]);
  } finally {
    patience.abort();
    callSignal.removeEventListener("abort", stop);
  }
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
