import type { EngineContext } from "../engine/engine-context.js";
import { RecallKitError } from "../errors.js";
import type { DeliveryReport } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { moveDeliveries } from "./moves.js";
import { LeaseLostError } from "./transition.js";

/** Bounds of the time between two polls of one batch, ms. */
const SHORTEST = 10;
const LONGEST = 3_600_000;

/** Polls the reports of accepted batches that are due, one batch after the other. @returns batches polled */
export async function pollDue(context: EngineContext): Promise<number> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit: context.concurrency };
  const claimed = await context.stores.transaction((tx) => tx.batches.claim("results", lease));
  for (const batch of claimed) {
    try {
      await poll(context, batch);
    } catch (error) {
      if (!LeaseLostError.is(error)) throw error;
    }
  }
  return claimed.length;
}

async function poll(context: EngineContext, batch: Batch): Promise<void> {
  const channel = await context.channel(batch.tenantId, batch.channel);
  try {
    if (channel?.results && batch.providerMessageId !== null) {
      for await (const page of channel.results(batch.providerMessageId, { signal: context.callSignal })) {
        await context.stores.transaction((tx) => applyReports(tx, batch, page, context.clock.now()));
        const { tenantId, id, leaseEpoch } = batch;
        if (
          !(await context.stores.batches.renew(
            { tenantId, id, leaseEpoch },
            context.clock.now() + context.timings.leaseMs,
          ))
        )
          return;
      }
    }
  } catch (error) {
    if (LeaseLostError.is(error)) throw error;
    // The next poll brings the same reports again.
    const code = RecallKitError.is(error) ? error.code : "bug";
    context.logger.warn("batch.results_failed", { tenantId: batch.tenantId, batchId: batch.id, code });
  }
  await finishPoll(context, batch);
}

/** Reports only move forward: delivered wins over everything, not_delivered only over accepted. */
async function applyReports(tx: Stores, batch: Batch, reports: readonly DeliveryReport[], now: number): Promise<void> {
  const groups = new Map<string, { report: DeliveryReport; addresses: string[] }>();
  for (const report of reports) {
    if (report.kind === "pending") continue;
    const key = `${report.kind}|${report.reason ?? ""}|${report.at ?? ""}`;
    const group = groups.get(key) ?? { report, addresses: [] };
    group.addresses.push(report.address);
    groups.set(key, group);
  }
  for (const { report, addresses } of groups.values()) {
    const selector = { batchId: batch.id, addresses };
    const { tenantId } = batch;
    if (report.kind === "delivered") {
      const patch = { deliveredAt: Math.max(report.at ?? now, batch.acceptedAt ?? 0), reason: null };
      await moveDeliveries(tx, tenantId, selector, "accepted", "delivered", now, patch);
      await moveDeliveries(tx, tenantId, selector, "not_delivered", "delivered", now, patch);
    } else {
      const reason = report.reason ?? "reported";
      await moveDeliveries(tx, tenantId, selector, "accepted", "not_delivered", now, { reason });
    }
  }
}

/** Sets the next poll, ever later, or ends polling: everybody has a report, or staff had their time. */
async function finishPoll(context: EngineContext, batch: Batch): Promise<void> {
  const now = context.clock.now();
  const { tenantId, id } = batch;
  const late = now >= (batch.acceptedAt ?? now) + context.timings.taskDeadlineMs;
  const waiting = await context.stores.transaction(async (tx) => {
    if (late) {
      const selector = { batchId: id };
      await moveDeliveries(tx, tenantId, selector, "accepted", "not_delivered", now, { reason: "staff_not_confirmed" });
    }
    const { accepted = 0 } = await tx.deliveries.countByState(tenantId, { batchId: id });
    const interval = Math.min(
      Math.max(context.timings.resultsPollMs, SHORTEST) * 2 ** Math.min(batch.polls + 1, 30),
      LONGEST,
    );
    const patch = { polls: batch.polls + 1, settled: accepted === 0, notBefore: now + interval };
    if (!(await tx.batches.advance(batch, patch, { release: true }))) throw new LeaseLostError("batch", id);
    return accepted;
  });
  context.emit({ type: "results", tenantId, occurrenceId: batch.occurrenceId, batchId: id, waiting });
}
