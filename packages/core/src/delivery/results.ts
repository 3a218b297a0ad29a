import { pagesOfChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { DeliveryReport } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { checkedReports } from "./check-answers.js";
import { warn } from "./doubt.js";
import { withHeartbeat } from "./heartbeat.js";
import { moveDeliveries } from "./moves.js";
import { LeaseLostError } from "./transition.js";

/** Bounds of the time between two polls of one batch, ms. */
const SHORTEST = 10;
const LONGEST = 3_600_000;

/** Claims accepted batches whose reports are due, at most `limit`. */
export function claimToPoll(context: EngineContext, limit: number): Promise<readonly Batch[]> {
  const now = context.clock.now();
  const lease = { owner: context.owner, now, until: now + context.timings.leaseMs, limit };
  return context.stores.transaction((tx) => tx.batches.claim("results", lease));
}

/** Polls the reports of a batch that {@link claimToPoll} claimed. */
export async function pollBatch(context: EngineContext, batch: Batch): Promise<void> {
  try {
    await withHeartbeat(context, batch, () => poll(context, batch));
  } catch (error) {
    if (!LeaseLostError.is(error)) throw error;
  }
}

async function poll(context: EngineContext, batch: Batch): Promise<void> {
  const { stores, clock, logger } = context;
  const { tenantId, id: batchId } = batch;
  let lateReason = NO_REPORT;
  try {
    const channel = await context.channel(tenantId, batch.channel);
    lateReason = channel?.lateReason ?? NO_REPORT;
    const owners = channel?.results ? await messagesOf(stores, batch) : NO_OWNERS;
    const ids = [...owners.keys()];
    if (channel && ids.length > 0) {
      const pages = pagesOfChannel(context, channel.name, (signal) => channel.results?.(ids, { signal }) ?? NO_PAGES);
      for await (const page of pages) {
        const { reports, wrong } = checkedReports(page);
        if (wrong > 0) logger.warn("batch.reports_malformed", { tenantId, batchId, count: wrong });
        const ours = reports.filter((report) => isOfOwner(report, owners));
        await stores.transaction((tx) => applyReports(tx, batch, ours, clock.now()));
      }
    }
  } catch (error) {
    if (LeaseLostError.is(error)) throw error;
    // The next poll brings the same reports again.
    warn(context, batch, "batch.results_failed", error);
  }
  await finishPoll(context, batch, lateReason);
}

/** Why somebody of whom no report came in time counts as not reached, unless the channel has a word of its own. */
const NO_REPORT = "no_report";

const NO_PAGES: AsyncIterable<readonly DeliveryReport[]> = {
  async *[Symbol.asyncIterator]() {},
};

/** Whose each message is; null: it is everybody's. */
type Owners = ReadonlyMap<string, string | null>;

const NO_OWNERS: Owners = new Map();

/** The provider's names of the messages of a batch of which reports are still to come. */
async function messagesOf(stores: Stores, { tenantId, id, providerMessageId }: Batch): Promise<Owners> {
  if (providerMessageId !== null) return new Map([[providerMessageId, null]]);
  const waiting = await stores.deliveries.people(tenantId, id, "accepted");
  return new Map(
    waiting.flatMap(({ providerMessageId: message, address }) => (message === null ? [] : [[message, address]])),
  );
}

/** Reports that nobody signed name a message: it must be one that was sent to the address. */
function isOfOwner({ providerMessageId, address }: DeliveryReport, owners: Owners): boolean {
  if (providerMessageId === undefined) return true;
  const owner = owners.get(providerMessageId);
  return owner === null || owner === address;
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

/** Sets the next poll, ever later, or ends polling: everybody has a report, or the time for reports is over. */
async function finishPoll(context: EngineContext, batch: Batch, reason: string): Promise<void> {
  const now = context.clock.now();
  const { tenantId, id } = batch;
  const late = now >= (batch.acceptedAt ?? now) + context.timings.taskDeadlineMs;
  const waiting = await context.stores.transaction(async (tx) => {
    if (late) {
      const selector = { batchId: id };
      await moveDeliveries(tx, tenantId, selector, "accepted", "not_delivered", now, { reason });
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
