import { expireDue } from "../coupon/expire-due.js";
import type { Batch } from "../delivery/batch.js";
import { claimToReconcile, reconcileBatch } from "../delivery/reconcile.js";
import { claimToPoll, pollBatch } from "../delivery/results.js";
import { claimToSend, sendBatch } from "../delivery/send-batch.js";
import { snapshotNext } from "../delivery/snapshot.js";
import { sweep } from "../delivery/sweep.js";
import type { EngineContext } from "../engine/engine-context.js";
import { createSlots, inParallel } from "../engine/slots.js";
import { RecallKitError } from "../errors.js";
import { messageCareLoop, messageLoop, tickMessages } from "../message/message-loop.js";
import { sweepMessages } from "../message/sweep-messages.js";
import { planDue } from "../schedule/plan.js";
import { forwardAlarms } from "./forward-alarms.js";
import type { EngineRole, TickResult } from "./roles.js";

type Step = (context: EngineContext) => Promise<number>;

const takeSnapshots: Step = async (context) => ((await snapshotNext(context)) ? 1 : 0);

/** Work on batches with a provider: claimed in bulk, done each for itself. */
interface Work {
  readonly name: string;
  claim(context: EngineContext, limit: number): Promise<readonly Batch[]>;
  run(context: EngineContext, batch: Batch): Promise<void>;
}

const SEND: Work = { name: "send", claim: claimToSend, run: sendBatch };
const RECONCILE: Work = { name: "reconcile", claim: claimToReconcile, run: reconcileBatch };
const POLL: Work = { name: "results", claim: claimToPoll, run: pollBatch };

/** Does all work that is due now, once, step after step, until nothing more is due. */
export async function tickOnce(context: EngineContext): Promise<TickResult> {
  const result = { planned: 0, snapshots: 0, sent: 0, messages: 0, reconciled: 0, polled: 0, swept: 0 };
  result.planned = await planDue(context);
  result.swept = (await sweep(context)) + (await exhaust(sweepMessages, context));
  result.snapshots = await exhaust(takeSnapshots, context);
  result.sent = await exhaust(allAtOnce(SEND), context);
  result.reconciled = await exhaust(allAtOnce(RECONCILE), context);
  result.polled = await exhaust(allAtOnce(POLL), context);
  const messages = await tickMessages(context);
  result.messages = messages.sent;
  result.reconciled += messages.reconciled;
  result.polled += messages.polled;
  await exhaust(forwardAlarms, context);
  await endedClaims(context);
  return result;
}

/** Claims of coupons that ended by themselves. */
async function endedClaims(context: EngineContext): Promise<number> {
  const { released, expired } = await expireDue(context);
  return released + expired;
}

/** Work as a step that ends with its slowest piece. */
function allAtOnce({ claim, run }: Work): Step {
  return async (context) => {
    const claimed = await claim(context, context.concurrency);
    await inParallel(claimed, Math.max(claimed.length, 1), (batch) => run(context, batch));
    return claimed.length;
  };
}

async function exhaust(step: Step, context: EngineContext): Promise<number> {
  let total = 0;
  for (let done = await step(context); done > 0; done = await step(context)) total += done;
  return total;
}

/**
 * The default dispatcher: one loop per kind of work. A provider that hangs holds one slot of its kind until the call is given
 * up, and nothing else.
 *
 * Ends when `signal` is aborted and every step under way is done. A step that throws is logged and tried again after a pause.
 */
export async function runLoops(
  context: EngineContext,
  roles: readonly EngineRole[],
  signal: AbortSignal,
): Promise<void> {
  const { pollIntervalMs, sweepIntervalMs } = context.timings;
  const wakeAll = () => {
    context.bell.wake();
    context.messageBell.wake();
  };
  signal.addEventListener("abort", wakeAll, { once: true });
  const scheduling = () => [
    loop("plan", planDue, pollIntervalMs, context, signal),
    ...(context.alerts ? [loop("alerts", forwardAlarms, sweepIntervalMs, context, signal)] : []),
    sweepLoop(sweepIntervalMs, context, signal),
    loop("claims", endedClaims, sweepIntervalMs, context, signal),
  ];
  const working = () => [
    loop("snapshot", takeSnapshots, pollIntervalMs, context, signal),
    ...[SEND, RECONCILE, POLL].map((work) => workLoop(work, pollIntervalMs, context, signal)),
    messageLoop(context, pollIntervalMs, signal),
    messageCareLoop(context, pollIntervalMs, signal),
  ];
  await Promise.all([
    ...(roles.includes("scheduler") ? scheduling() : []),
    ...(roles.includes("worker") ? working() : []),
  ]);
  signal.removeEventListener("abort", wakeAll);
}

async function loop(
  name: string,
  step: Step,
  intervalMs: number,
  context: EngineContext,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const { next } = context.bell;
    const done = (await attempt(name, () => step(context), context)) ?? 0;
    // What one loop has done is often the next one's work.
    if (done > 0) context.bell.ring();
    else await context.clock.sleep(intervalMs, next);
  }
}

/** Keeps as many batches under way as there are slots, whichever of them are slow. */
async function workLoop(work: Work, intervalMs: number, context: EngineContext, signal: AbortSignal): Promise<void> {
  const { bell, clock, concurrency } = context;
  // What one loop has done is often the next one's work, and a slot is free again.
  const slots = createSlots(concurrency, () => bell.ring());
  while (!signal.aborted) {
    const { next } = bell;
    const { free } = slots;
    const claimed = free > 0 ? await attempt(work.name, () => work.claim(context, free), context) : [];
    for (const batch of claimed ?? []) {
      slots.begin(async () => {
        await attempt(work.name, () => work.run(context, batch), context);
      });
    }
    if (!claimed?.length) await clock.sleep(intervalMs, next);
  }
  await slots.drained();
}

/** Sweeps once per interval, whatever it found: the rows it frees are work for the other loops. */
async function sweepLoop(intervalMs: number, context: EngineContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const step = async () => (await sweep(context)) + (await sweepMessages(context));
    if (((await attempt("sweep", step, context)) ?? 0) > 0) context.bell.ring();
    await context.clock.sleep(intervalMs, signal);
  }
}

async function attempt<T>(name: string, work: () => Promise<T>, { logger }: EngineContext): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    const code = RecallKitError.is(error) ? error.code : "bug";
    const reason = error instanceof Error ? error.message : "unknown";
    logger.error("engine.step_failed", { step: name, code, reason });
    return undefined;
  }
}
