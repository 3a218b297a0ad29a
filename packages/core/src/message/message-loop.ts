import { codeOf } from "../delivery/failure.js";
import type { EngineContext } from "../engine/engine-context.js";
import { createSlots, inParallel } from "../engine/slots.js";
import { messageClaims } from "./claim-messages.js";
import { claimToLookUp, lookUpMessage } from "./look-up-message.js";
import { definitionReader, type MessageCall } from "./message-call.js";
import { claimReports, pollReports } from "./message-results.js";
import { sendCall } from "./send-call.js";
import { createSettler } from "./settler.js";

/** Messages of one claim, at most. */
const MOST_CLAIMED = 1_000;
/** Messages whose reports are asked for at once. */
const REPORTS = 1_000;

/** What the work on messages of one process shares. */
function messageWork(context: EngineContext) {
  const read = definitionReader(context);
  const settler = createSettler(context);
  return { context, read, settler, claim: messageClaims(context, read) };
}

/** Does all work on messages that is due now, once, until nothing more is due. @returns messages sent, looked up and polled */
export async function tickMessages(
  context: EngineContext,
): Promise<{ readonly sent: number; readonly reconciled: number; readonly polled: number }> {
  const parts = messageWork(context);
  const { claim, settler } = parts;
  const limit = Math.min(context.messagePool.gauge().maxSize, MOST_CLAIMED);
  const done = { sent: 0, reconciled: 0, polled: 0 };
  for (;;) {
    const messages = await claimToLookUp(context, limit);
    if (messages.length === 0) break;
    done.reconciled += messages.length;
    await inParallel(messages, messages.length, (message) => lookUpMessage(parts, message));
  }
  for (;;) {
    const { calls, claimed } = await claim(limit);
    if (claimed === 0) break;
    done.sent += claimed;
    await inParallel(calls, calls.length || 1, (call) => sendCall(context, settler, call));
  }
  for (;;) {
    const groups = await claimReports(context, REPORTS);
    if (groups.length === 0) break;
    done.polled += groups.reduce((sum, { messages }) => sum + messages.length, 0);
    await inParallel(groups, groups.length, (group) => pollReports(context, settler, group));
  }
  return done;
}

/**
 * Sends messages until `signal` is aborted: as many calls at once as the pool has slots, claimed by the
 * pool-full, so that a statement is worth many messages. Ends when every call under way is done.
 */
export async function messageLoop(context: EngineContext, intervalMs: number, signal: AbortSignal): Promise<void> {
  const { claim, settler } = messageWork(context);
  let ended = 0;
  let asleep: AbortController | undefined;
  const wake = () => asleep?.abort();
  const slots = createSlots(Number.MAX_SAFE_INTEGER, () => {
    ended += 1;
    wake();
  });
  const ready: MessageCall[] = [];
  const { messagePool: pool } = context;
  let open = 0;
  const begin = (call: MessageCall) => {
    open += 1;
    slots.begin(async () => {
      // Tenants have an equal part of the pool.
      await pool.run(call.tenantId, () => attempt(context, "message", () => sendCall(context, settler, call)));
      open -= 1;
    });
  };
  while (!signal.aborted) {
    const seen = ended;
    const rung = context.messageBell.next;
    const limit = pool.gauge().maxSize;
    while (open < limit && ready.length > 0) begin(ready.shift() as MessageCall);
    const room = Math.min(2 * limit - open - ready.length, MOST_CLAIMED);
    // Half a pool at least, else each call that ends would claim one message.
    const isWorthIt = room >= limit / 2;
    const found = isWorthIt ? await attempt(context, "message", () => claim(room)) : undefined;
    ready.push(...(found?.calls ?? []));
    if (found && found.claimed > 0) continue;
    if (open < limit && ready.length > 0) continue;
    // Until a call ends, or somebody rings; while the pool is full, only a call that ends gives room.
    if (ended > seen || (isWorthIt && rung.aborted)) continue;
    asleep = new AbortController();
    if (isWorthIt) rung.addEventListener("abort", wake, { once: true });
    await context.clock.sleep(intervalMs, asleep.signal);
    rung.removeEventListener("abort", wake);
    asleep = undefined;
  }
  // What was claimed and not begun was not sent: whoever finds it abandoned looks it up, as nobody can tell.
  for (const call of ready) begin(call);
  await slots.drained();
}

/** Looks after messages of unknown outcome, and after reports, until `signal` is aborted. */
export async function messageCareLoop(context: EngineContext, intervalMs: number, signal: AbortSignal): Promise<void> {
  const parts = messageWork(context);
  const { bell, clock, concurrency } = context;
  const slots = createSlots(concurrency, () => bell.wake());
  while (!signal.aborted) {
    const { next } = bell;
    let begun = 0;
    if (slots.free > 0) {
      for (const message of (await attempt(context, "message-look-up", () => claimToLookUp(context, slots.free))) ??
        []) {
        begun += 1;
        slots.begin(() => attempt(context, "message-look-up", () => lookUpMessage(parts, message)).then(() => {}));
      }
    }
    if (slots.free > 0) {
      for (const group of (await attempt(context, "message-results", () => claimReports(context, REPORTS))) ?? []) {
        begun += 1;
        slots.begin(() =>
          attempt(context, "message-results", () => pollReports(context, parts.settler, group)).then(() => {}),
        );
      }
    }
    if (begun === 0) await clock.sleep(intervalMs, next);
  }
  await slots.drained();
}

async function attempt<T>({ logger }: EngineContext, step: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    logger.error("engine.step_failed", { step, code: codeOf(error), reason });
    return undefined;
  }
}
