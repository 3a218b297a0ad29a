import type { Batch } from "../delivery/batch.js";
import { moveMembers } from "../delivery/members.js";
import { moveBatch, moveOccurrence } from "../delivery/moves.js";
import type { Occurrence } from "../delivery/occurrence.js";
import { RESTORED } from "../delivery/reconcile.js";
import { snapshotNext } from "../delivery/snapshot.js";
import type { BatchState } from "../delivery/states.js";
import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import { doubtMessages } from "../message/doubt-messages.js";
import type { Stores } from "../ports/stores.js";
import { planDue } from "../schedule/plan.js";

const INSTALLATION = 0;
const CURSOR = "reconcile-first";
const ROWS = 200;
const OPEN: readonly BatchState[] = ["pending", "leased", "dispatching", "reconciling", "unknown", "dead"];

/** What was put in question. */
export interface ReconcileFirstResult {
  /** Slots and orders that had not begun; they may have been sent under another ledger, and are not sent again. */
  readonly skipped: number;
  /** Batches that are looked up before anything of them is sent. */
  readonly batches: number;
  /** Messages of templates that are looked up, repeated under their key or left to a person, before anything of them is sent. */
  readonly messages: number;
}

/**
 * Makes a ledger that was restored from a backup safe to send from. What was sent after the backup is unknown to it, so every
 * batch that it would send is unknown from now on, and looked up by its marker once the settle window is over; what had not
 * begun is recorded as skipped.
 *
 * Run it while no other process works. Cut off half-way it has to be run again; `resume` does so, and nothing else.
 *
 * @throws {RecallKitError} `occurrence.snapshot-unfinished`: a snapshot begun before the backup can't be ended, for example without its channel
 */
export async function reconcileFirst(
  context: EngineContext,
  { resume = false }: { readonly resume?: boolean } = {},
): Promise<ReconcileFirstResult> {
  const { stores } = context;
  const nothing = { skipped: 0, batches: 0, messages: 0 };
  if (resume && (await stores.config.get(INSTALLATION, CURSOR)) !== "begun") return nothing;
  await stores.config.put(INSTALLATION, CURSOR, "begun");
  await planDue(context);
  const result = { ...nothing };
  const tenants = await stores.tenants.list();
  for (const { id } of tenants) result.skipped += await skipPlanned(context, id);
  for (const { id } of tenants) await endSnapshots(context, id);
  for (const { id } of tenants) result.batches += await doubtBatches(context, id);
  result.messages = await doubtMessages(
    context,
    tenants.map(({ id }) => id),
  );
  await stores.config.put(INSTALLATION, CURSOR, "done");
  context.logger.warn("engine.reconciled_first", { ...result });
  return result;
}

async function skipPlanned(context: EngineContext, tenantId: number): Promise<number> {
  let count = 0;
  for await (const occurrence of occurrencesIn(context.stores, tenantId, "planned")) {
    const at = context.clock.now();
    const { id, kind, nominal } = occurrence;
    await context.stores.transaction(async (tx) => {
      const patch = { reason: "missed_catch_up", finishedAt: at };
      await moveOccurrence(tx, { tenantId, id }, "planned", "skipped", at, patch);
      const detail = `${kind} ${nominal} had not begun when the backup was made`;
      await tx.alarms.add({ tenantId, code: "missed", entity: "occurrence", entityId: id, detail, at });
    });
    count += 1;
  }
  return count;
}

/** Ends snapshots under way, whose batches are then doubted like the others. */
async function endSnapshots(context: EngineContext, tenantId: number): Promise<void> {
  const { stores, clock, timings } = context;
  const first = async () => {
    for await (const occurrence of occurrencesIn(stores, tenantId, "snapshotting")) return occurrence;
    return undefined;
  };
  // A lease of a process that is gone may still have to end.
  for (const until = clock.monotonic() + 2 * timings.leaseMs; await first(); ) {
    if (await snapshotNext(context)) continue;
    if (clock.monotonic() >= until) {
      throw new RecallKitError("occurrence.snapshot-unfinished", `a snapshot of tenant ${tenantId} can't be ended`, {
        retryable: true,
      });
    }
    await clock.sleep(timings.pollIntervalMs, context.callSignal);
  }
}

async function doubtBatches(context: EngineContext, tenantId: number): Promise<number> {
  let count = 0;
  for (let cursor: string | null = null; ; ) {
    const page = await context.stores.batches.list(tenantId, { states: OPEN, limit: ROWS, cursor });
    for (const batch of page.items) {
      await context.stores.transaction((tx) => doubt(tx, batch, context));
      count += 1;
    }
    if (page.nextCursor === null) return count;
    cursor = page.nextCursor;
  }
}

/** Moves a batch to `unknown` on legal ways, as if it had been sent just now and its answer were lost. */
async function doubt(tx: Stores, batch: Batch, { clock, timings }: EngineContext): Promise<void> {
  const at = clock.now();
  const { tenantId, id, leaseEpoch } = batch;
  const step = (from: BatchState, to: BatchState, patch = {}) => moveBatch(tx, batch, from, to, at, patch);
  const doubted = { reason: RESTORED, lookUps: 0, attemptedAt: at, notBefore: at + timings.settleWindowMs };
  const { state } = batch;
  if (state === "unknown") {
    await tx.batches.advance(batch, doubted, { release: true });
    return;
  }
  if (state === "reconciling") {
    await step("reconciling", "unknown", doubted);
    return;
  }
  if (state === "dead") await step("dead", "pending");
  if (state === "dead" || state === "pending") await step("pending", "leased");
  if (state !== "dispatching") {
    const number = batch.attempts + 1;
    await step("leased", "dispatching", { attempts: number });
    await tx.attempts.open({ tenantId, kind: "send", batchId: id, number, leaseEpoch, startedAt: at });
    await tx.deliveries.chargeCaps(tenantId, id, at);
  }
  await step("dispatching", "unknown", doubted);
  await tx.attempts.closeOpen(tenantId, id, { class: "UNKNOWN", answer: `{"code":"${RESTORED}"}`, endedAt: at });
  await moveMembers(tx, batch, "in_batch", "unknown", null, at);
}

async function* occurrencesIn(
  stores: Stores,
  tenantId: number,
  state: "planned" | "snapshotting",
): AsyncGenerator<Occurrence> {
  for (let cursor: string | null = null; ; ) {
    const page = await stores.occurrences.list(tenantId, { states: [state], limit: ROWS, cursor });
    yield* page.items;
    if (page.nextCursor === null) return;
    cursor = page.nextCursor;
  }
}
