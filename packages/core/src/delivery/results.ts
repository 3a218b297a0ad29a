import { pagesOfChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import type { DeliveryReport } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import type { Batch } from "./batch.js";
import { callOffDue, callOffTask } from "./call-off.js";
import { checkedReports } from "./check-answers.js";
import { completeOccurrence } from "./complete.js";
import { alarm, warn } from "./doubt.js";
import { CALLED_OFF } from "./fall-back-reasons.js";
import { withHeartbeat } from "./heartbeat.js";
import { holdBatch, moveDeliveries } from "./moves.js";
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
  // While reports may hand people on, their occurrence waits for them.
  if (batch.handsOn !== null) await completeOccurrence(context, batch.tenantId, batch.occurrenceId);
}

async function poll(context: EngineContext, batch: Batch): Promise<void> {
  const { stores, clock, logger } = context;
  const { tenantId, id: batchId } = batch;
  let lateReason: string | null = NO_REPORT;
  let calledOffAt = batch.calledOffAt;
  let isTold = true;
  const callOffAt = await callOffDue(context, batch);
  let askedAt = clock.now();
  try {
    const channel = await context.channel(tenantId, batch.channel);
    lateReason = channel?.lateReason === undefined ? NO_REPORT : channel.lateReason;
    if (channel && callOffAt !== undefined && askedAt >= callOffAt) {
      calledOffAt = await callOffTask(context, batch, channel);
      askedAt = clock.now();
    }
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
    isTold = false;
  }
  await finishPoll(context, batch, { lateReason, callOffAt, calledOffAt, toldOf: isTold ? askedAt : null });
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
  await holdBatch(tx, batch);
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
      const late = await moveDeliveries(tx, tenantId, selector, "not_delivered", "delivered", now, patch);
      if (late > 0 && batch.calledOffAt !== null) {
        await alarm(tx, batch, "duplicate_detected", `${late} got what had been called off`, now);
      }
    } else {
      const reason = report.reason ?? "reported";
      await moveDeliveries(tx, tenantId, selector, "accepted", "not_delivered", now, { reason });
    }
  }
}

/** What a poll came to. */
interface Polled {
  /** Reason of people of whom no report came in time; null: they stay accepted. */
  readonly lateReason: string | null;
  /** When the message is called off; undefined: it is not. */
  readonly callOffAt: number | undefined;
  /** When the provider said that it is. */
  readonly calledOffAt: number | null;
  /** Instant that all reports were asked for at; null: some did not come. */
  readonly toldOf: number | null;
}

/** Sets the next poll, ever later, or ends polling: everybody has a report, or the time for reports is over. */
async function finishPoll(
  context: EngineContext,
  batch: Batch,
  { lateReason, callOffAt, calledOffAt, toldOf }: Polled,
): Promise<void> {
  const now = context.clock.now();
  const { tenantId, id } = batch;
  const { settleWindowMs, taskDeadlineMs, resultsPollMs } = context.timings;
  // What staff had confirmed before it was called off may still go out for so long.
  const certainAt = calledOffAt === null ? null : calledOffAt + settleWindowMs;
  const isCertain = callOffAt !== undefined && certainAt !== null && toldOf !== null && toldOf >= certainAt;
  const isLate = callOffAt === undefined && now >= (batch.acceptedAt ?? now) + taskDeadlineMs;
  const waiting = await context.stores.transaction(async (tx) => {
    const isSilenceFine = !isCertain && lateReason === null;
    if (isCertain || (isLate && !isSilenceFine)) {
      const selector = { batchId: id };
      const reason = isCertain ? CALLED_OFF : lateReason;
      await holdBatch(tx, batch);
      await moveDeliveries(tx, tenantId, selector, "accepted", "not_delivered", now, { reason });
    }
    const { accepted = 0 } = await tx.deliveries.countByState(tenantId, { batchId: id });
    const interval = Math.min(Math.max(resultsPollMs, SHORTEST) * 2 ** Math.min(batch.polls + 1, 30), LONGEST);
    const awaited = [certainAt, callOffAt].flatMap((at) => (typeof at === "number" && at > now ? at : []));
    const notBefore = Math.min(now + interval, ...awaited);
    const patch = { polls: batch.polls + 1, settled: accepted === 0 || (isLate && isSilenceFine), notBefore };
    if (!(await tx.batches.advance(batch, patch, { release: true }))) throw new LeaseLostError("batch", id);
    return accepted;
  });
  context.emit({ type: "results", tenantId, occurrenceId: batch.occurrenceId, batchId: id, waiting });
}
